#include "capture/noise.h"

namespace splat::capture {
namespace {

struct Cell {
  int x, y, z;
};

Cell CellOf(const Vec3<double>& p) {
  return {int(std::floor(p.x)), int(std::floor(p.y)), int(std::floor(p.z))};
}

double Fade(double t) {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

}  // namespace

double ValueNoise(const Vec3<double>& p, uint32_t seed) {
  const Cell cell = CellOf(p);
  const double fx = Fade(p.x - cell.x), fy = Fade(p.y - cell.y), fz = Fade(p.z - cell.z);
  double plane[2];
  for (int k = 0; k < 2; ++k) {
    double line[2];
    for (int j = 0; j < 2; ++j) {
      const double a = Unit(HashLattice(cell.x, cell.y + j, cell.z + k, seed));
      const double b = Unit(HashLattice(cell.x + 1, cell.y + j, cell.z + k, seed));
      line[j] = a + fx * (b - a);
    }
    plane[k] = line[0] + fy * (line[1] - line[0]);
  }
  return 2 * (plane[0] + fz * (plane[1] - plane[0])) - 1;
}

double FractalNoise(const Vec3<double>& p, double wavelength, double footprint, uint32_t seed) {
  constexpr double kShortest = 3;  // footprints: an octave fades out from twice this to this
  constexpr double kStrength = 0.55;
  double sum = 0, strength = 1 - kStrength;
  for (uint32_t octave = 0; wavelength > kShortest * footprint && octave < 8; ++octave) {
    const double fade = SmoothStep(kShortest, 2 * kShortest, wavelength / footprint);
    sum += strength * fade * ValueNoise((1 / wavelength) * p, seed + 0x51ed27u * (octave + 1));
    wavelength *= 0.5;
    strength *= kStrength;
  }
  return sum;
}

Speckle SpeckleAt(const Vec3<double>& p, double cell_size, double footprint, uint32_t seed) {
  const Vec3<double> q = (1 / cell_size) * p;
  const Cell cell = CellOf(q);
  const uint32_t hash = HashLattice(cell.x, cell.y, cell.z, seed);
  const double radius = 0.16 + 0.28 * Unit(hash, 1), room = 1 - 2 * radius;
  const Vec3<double> centre = {radius + room * Unit(hash, 2), radius + room * Unit(hash, 3),
                               radius + room * Unit(hash, 4)};
  const Vec3<double> offset = q - Vec3<double>{double(cell.x), double(cell.y), double(cell.z)} - centre;
  const double soft = std::max(0.12 * radius, 0.8 * footprint / cell_size);
  return {1 - SmoothStep(radius - 2 * soft, radius, Norm(offset)), hash};
}

Voronoi VoronoiAt(const Vec3<double>& p, double cell_size, uint32_t seed) {
  const Vec3<double> q = (1 / cell_size) * p;
  const Cell cell = CellOf(q);
  double nearest = 1e30, second = 1e30;
  uint32_t hash_of_nearest = 0;
  for (int i = 0; i < 27; ++i) {
    const int x = cell.x + i % 3 - 1, y = cell.y + i / 3 % 3 - 1, z = cell.z + i / 9 - 1;
    const uint32_t hash = HashLattice(x, y, z, seed);
    const Vec3<double> offset = {x + Unit(hash, 1) - q.x, y + Unit(hash, 2) - q.y, z + Unit(hash, 3) - q.z};
    const double squared = Dot(offset, offset);
    if (squared < nearest) {
      second = nearest;
      nearest = squared;
      hash_of_nearest = hash;
    } else {
      second = std::min(second, squared);
    }
  }
  return {cell_size * (std::sqrt(second) - std::sqrt(nearest)), hash_of_nearest};
}

}  // namespace splat::capture
