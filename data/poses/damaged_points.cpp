#include "data/poses/damaged_points.h"

namespace splat::data {

void WarnOfUnreadPoints(const Error& error, SceneDescription& scene) {
  scene.points = {};
  scene.warnings.push_back(StrCat(error.what(), "; its points are not used"));
}

void WarnOfPartOfPoints(const std::string& damage, size_t taken, SceneDescription& scene) {
  scene.warnings.push_back(StrCat(damage, "; the ", taken, " points of it that are whole are taken"));
}

void WarnOfPointsLeftOut(const std::string& path, size_t left_out, size_t total, SceneDescription& scene) {
  if (left_out == 0) return;
  scene.warnings.push_back(StrCat(path, ": ", left_out, " of ", total, " points ",
                                  left_out == 1 ? "is not finite and was" : "are not finite and were", " left out"));
}

}  // namespace splat::data
