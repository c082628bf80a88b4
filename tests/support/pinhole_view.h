// This header makes a view of a photo that a pinhole camera took.
#pragma once

#include <string>

#include "data/dataset/dataset.h"

namespace splat::testing {

// Returns a view of this size whose focal length is its width.
inline data::View PinholeView(const std::string& path, int width, int height) {
  data::View view;
  view.name = view.path = path;
  view.intrinsics = {
      data::CameraModel::kPinhole, width, height, {double(width), double(width), width / 2.0, height / 2.0}};
  view.camera = {width, height, double(width), double(width), width / 2.0, height / 2.0, {}};
  return view;
}

}  // namespace splat::testing
