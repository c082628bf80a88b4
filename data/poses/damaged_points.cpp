#include "data/poses/damaged_points.h"

namespace splat::data {

void WarnOfUnreadPoints(const Error& error, SceneDescription& scene) {
  scene.points = {};
  scene.warnings.push_back(StrCat(error.what(), "; its points are not used"));
}

void WarnOfPartOfPoints(const std::string& damage, size_t taken, SceneDescription& scene) {
  scene.warnings.push_back(StrCat(damage, "; the ", taken, " points of it that are whole are taken"));
}

}  // namespace splat::data
