// Textures are built from the hashes, value noise and speckles of this header.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/vec.h"

namespace splat::capture {

// Well mixed bits of a lattice point.
inline uint32_t HashLattice(int x, int y, int z, uint32_t seed) {
  uint32_t h = seed * 0x9e3779b1u + uint32_t(x) * 0x85ebca77u;
  h = (h ^ (h >> 15)) * 0x2c1b3c6du + uint32_t(y) * 0xc2b2ae3du;
  h = (h ^ (h >> 13)) * 0x297a2d39u + uint32_t(z) * 0x27d4eb2fu;
  h = (h ^ (h >> 16)) * 0x7feb352du;
  h = (h ^ (h >> 15)) * 0x846ca68bu;
  return h ^ (h >> 16);
}
// Uniform in [0, 1): the value that belongs to `channel` of a hash.
inline double Unit(uint32_t hash, uint32_t channel = 0) {
  if (channel != 0) hash = HashLattice(int(channel), 0, 0, hash);
  return double(hash >> 8) * 0x1p-24;
}

inline double Clamp01(double x) {
  return std::min(1.0, std::max(0.0, x));
}
// 0 below `low`, 1 above `high`, smooth between.
inline double SmoothStep(double low, double high, double x) {
  const double t = Clamp01((x - low) / (high - low));
  return t * t * (3 - 2 * t);
}
inline Vec3<double> Mix(const Vec3<double>& a, const Vec3<double>& b, double t) {
  return (1 - t) * a + t * b;
}

// Smooth noise in [-1, 1] on the integer lattice.
double ValueNoise(const Vec3<double>& p, uint32_t seed);

// Returns a sum of octaves, in [-1, 1]. Their wavelengths go from `wavelength` down to `footprint` times 3; each is
// half as long and 0.55 as strong as the one before.
double FractalNoise(const Vec3<double>& p, double wavelength, double footprint, uint32_t seed);

// A blob in each cell of a jittered lattice.
struct Speckle {
  double cover = 0;   // 0 outside, 1 inside, soft edge
  uint32_t hash = 0;  // of the cell
};
Speckle SpeckleAt(const Vec3<double>& p, double cell, double footprint, uint32_t seed);

// The two nearest seeds of a Voronoi pattern with cells of about `cell`.
struct Voronoi {
  double edge = 0;    // same unit as p: about twice the distance to the border between the two nearest cells
  uint32_t hash = 0;  // of the nearest cell
};
Voronoi VoronoiAt(const Vec3<double>& p, double cell, uint32_t seed);

}  // namespace splat::capture
