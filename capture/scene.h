// The demonstration scene: a still life on a round table in a furnished room.
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
  Vec3<double> look_at = {0, 0, 0};  // m, the middle of the still life
};

// Makes the same objects for every seed; what is painted on them differs.
Scene MakeStillLife(uint64_t seed);

}  // namespace splat::capture
