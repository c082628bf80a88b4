// Random splats begin at the points of this header: in a box where the cameras look.
#pragma once

#include <cstdint>

#include "data/dataset/dataset.h"

namespace splat::train {

// The box in the scene's frame has the points middle + world_from_box * (x, y, z) with |x| <= half.x and so on.
struct PointBox {
  Mat3<double> world_from_box = Identity3<double>();
  Vec3<double> middle = {0, 0, 0};
  Vec3<double> half = {1, 1, 1};
};

// Returns the box of a dataset's random points. Where the cameras look at one point, from around it or from a part of
// an arc, it is a cube around that point, the origin of the scene's frame. Cameras that all look one way, as those of
// an aerial survey or along a wall, have the box before them, as wide as what they see together, around the depth that
// the points show, or else at the distance from camera to camera, because neighbours share most of what they see.
PointBox BoxOfView(const data::Dataset& dataset);

// Returns `count` points in that box with random colours; the same for the same seed.
data::PointCloud RandomPoints(const data::Dataset& dataset, int64_t count, uint64_t seed);

}  // namespace splat::train
