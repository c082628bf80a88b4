// Tests of what mends poses change those of the wall's cameras with this fixture.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/log.h"
#include "tests/support/textured_wall.h"

namespace splat::testing {

class PosedWall : public ::testing::Test {
 protected:
  PosedWall() {
    for (const data::View& view : wall_.views) right_.push_back(view.camera.camera_from_world);
  }
  void Change(size_t view, const Rigid3& new_from_old) {
    Rigid3& pose = wall_.views[view].camera.camera_from_world;
    pose = Compose(new_from_old, pose);
  }
  // Whether all views have the poses with which the wall was photographed.
  bool AreRight() const {
    for (size_t i = 0; i < wall_.views.size(); ++i) {
      const Vec3<double> point = {0.3, 0.2, 5};
      if (Norm(wall_.views[i].camera.camera_from_world * point - right_[i] * point) > 1e-9) return false;
    }
    return wall_.views.size() == right_.size();
  }
  LogSink Log() {
    return [this](LogLevel, const std::string& line) { log_.push_back(line); };
  }

  TexturedWall wall_;
  std::vector<Rigid3> right_;
  std::vector<std::string> log_;
};

}  // namespace splat::testing
