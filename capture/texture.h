// Textures are procedural colours of surfaces. They are rich in corners and blobs of several sizes, nowhere the same
// twice (so that feature matching finds each place), and hold no detail finer than the image can show.
#pragma once

#include <cstdint>

#include "core/vec.h"

namespace splat::capture {

enum class Pattern {
  kWood,      // planks along u, with grain and knots
  kBricks,    // running bond
  kMarble,    // veins
  kTerrazzo,  // chips of three sizes
  kText,      // lines of blocky letters of an unknown script
  kMosaic,    // cells of random colours between joints
  kPottery,   // painted bands of dots, zigzags and stripes
  kPlaster,   // soft stains with a few chips
  kRug,       // woven squares with motifs
};

struct Texture {
  Pattern pattern = Pattern::kPlaster;
  double scale = 0.1;  // m, the size of the pattern's largest element
  // Linear RGB, 0..1. base covers most of the surface; first and second are the pattern's.
  Vec3<double> base = {0.5, 0.5, 0.5}, first = {0.8, 0.8, 0.8}, second = {0.1, 0.1, 0.1};
  uint32_t seed = 0;
};

struct TexturePoint {
  Vec3<double> x_in_local;   // m, in the solid's frame
  Vec2<double> uv;           // m, on the face's chart
  double footprint = 0.002;  // m: what one pixel covers; finer detail is left out
};

// Albedo at a point, linear RGB in 0..1.
Vec3<double> TextureColor(const Texture& texture, const TexturePoint& point);

// Linear RGB of an sRGB colour such as 0xd0a070.
Vec3<double> LinearFromSrgb(uint32_t rgb);

}  // namespace splat::capture
