// A point cloud holds sparse points from structure from motion, or any coloured points, and where photos show them.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/vec.h"

namespace splat::data {

struct PointCloud {
  std::vector<Vec3<double>> positions;  // [N], in the frame of the cameras that come with it
  std::vector<Vec3<uint8_t>> colors;    // [N], sRGB 0..255
};

// The colour of points that have none.
constexpr Vec3<uint8_t> kUncoloredPoint = {128, 128, 128};

// Whether training, which computes in float, can hold the position.
inline bool IsHeldByFloats(const Vec3<double>& p) {
  return std::isfinite(float(p.x)) && std::isfinite(float(p.y)) && std::isfinite(float(p.z));
}

// Where a photo shows a point of the cloud.
struct Observation {
  uint64_t point = 0;   // place in PointCloud
  double x = 0, y = 0;  // px of the photo as calibrated, or x / z and y / z of the ray: whoever has it says which
};

}  // namespace splat::data
