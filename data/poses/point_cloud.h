// Sparse points from structure-from-motion, or any coloured point cloud.
#pragma once

#include <cstdint>
#include <vector>

#include "core/vec.h"

namespace splat::data {

struct PointCloud {
  std::vector<Vec3<double>> positions;  // [N], in the frame of the cameras that come with it
  std::vector<Vec3<uint8_t>> colors;    // [N], sRGB 0..255
};

}  // namespace splat::data
