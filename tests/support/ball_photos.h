// This tiny photo set is made in a second: two checkered balls, photographed from a circle, with a COLMAP text model.
#pragma once

#include <string>

#include "core/vec.h"

namespace splat::testing {

struct BallPhotos {
  int photos = 8;
  int width = 64, height = 48;  // px
  std::string extension = ".png";
  // The model's frame: lengths in this many units each, and the origin of the usual frame at this place.
  double unit = 1;
  Vec3<double> origin = {0, 0, 0};
};

// Fills `folder` with images/photo_00.png ... and sparse/0/{cameras,images,points3D}.txt (150 points on the balls).
void WriteBallPhotos(const std::string& folder, const BallPhotos& options = {});

}  // namespace splat::testing
