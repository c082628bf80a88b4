// This header makes photos and points for the tests of what judges cameras.
#pragma once

#include <cmath>

#include "core/check.h"
#include "core/constants.h"
#include "core/random.h"
#include "data/poses/scene_description.h"

namespace splat::testing {

// Eight cameras on a circle of radius 3 around the origin, which look at it, with 300 points around it.
inline data::SceneDescription CameraRing() {
  data::SceneDescription scene;
  scene.source = "transforms file x";
  for (int i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * i / 8, c = std::cos(angle), s = std::sin(angle);
    data::PosedPhoto photo;
    photo.name = StrCat(i, ".png");
    photo.intrinsics = {data::CameraModel::kPinhole, 640, 480, {600, 600, 320, 240}};
    // Forward is -(c, s, 0), down is -z, right is down x forward.
    photo.camera_from_world = {{{{-s, c, 0}, {0, 0, -1}, {-c, -s, 0}}}, {0, 0, 3}};
    scene.photos.push_back(photo);
  }
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    scene.points.positions.push_back({random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-0.5, 0.5)});
  }
  scene.points.colors.resize(300, {1, 2, 3});
  return scene;
}

}  // namespace splat::testing
