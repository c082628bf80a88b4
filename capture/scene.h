// The demonstration scene is a still life on a round table in a furnished room, or in a meadow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/shapes.h"
#include "capture/texture.h"

namespace splat::capture {

struct Primitive {
  std::string name;
  Solid solid;
  std::vector<Texture> textures;  // one for all faces, or one per face
  double gloss = 0;               // strength of a broad highlight, 0: diffuse
  bool backdrop = false;          // transparent in images with an alpha mask
  bool moving = false;            // elsewhere in each photo, without a shadow (capture/moving_object.h)
  double coarseness = 1;          // of its texels, x those of the like
};

// A rectangle that shines: corner + a edge_u + b edge_v, a and b in [0, 1]. It is not itself seen.
struct RectLight {
  Vec3<double> corner, edge_u, edge_v;  // m
  Vec3<double> power;                   // irradiance that it would cause at a distance of 1 m, facing it
};

// World frame: metres, z up, the floor at z = 0, the table's axis through the origin.
struct Scene {
  std::vector<Primitive> primitives;
  std::vector<RectLight> lights;
  Vec3<double> ambient = {0, 0, 0};  // irradiance from all around
  Vec3<double> look_at = {0, 0, 0};  // m, what the photos have in their middle
  bool open = false;                 // what meets no primitive sees the sky (capture/sky.h); else a room closes it
  uint32_t sky_seed = 0;             // of the clouds
};

// Makes the same objects for every seed; what is painted on them differs.
Scene MakeStillLife(uint64_t seed);

// Makes the same still life out of doors: in a meadow of 40 m to each side, with huts around it, under the sky. Nothing
// stands higher than kHighestOutdoors.
constexpr double kHighestOutdoors = 3.2;  // m
Scene MakeOutdoorStillLife(uint64_t seed);

}  // namespace splat::capture
