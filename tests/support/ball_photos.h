// A tiny photo set that is made in a second: two checkered balls, photographed from a circle, with a COLMAP text model.
#pragma once

#include <string>

namespace splat::testing {

struct BallPhotos {
  int photos = 8;
  int width = 64, height = 48;  // px
  std::string extension = ".png";
};

// Fills `folder` with images/photo_00.png ... and sparse/0/{cameras,images,points3D}.txt (150 points on the balls).
void WriteBallPhotos(const std::string& folder, const BallPhotos& options = {});

}  // namespace splat::testing
