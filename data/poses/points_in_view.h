// This header tells whether points belong to cameras.
#pragma once

#include <vector>

#include "data/poses/scene_description.h"

namespace splat::data {

// These shares say how many points lie where cameras look, by samples of both; they are 0 without points or cameras.
struct PointsInView {
  double by_any = 0;   // the share of the points that some camera has in view
  double by_each = 0;  // the share that a camera has in view, in the mean over the cameras
};
PointsInView CountPointsInView(const std::vector<PosedPhoto>& photos, const std::vector<Vec3<double>>& points);

// Whether the points lie where the cameras look. Points of another coordinate system do not: hardly any camera has one
// in view, or they all lie in one spot far off, which a map's coordinates make of them.
bool CamerasSeePoints(const std::vector<PosedPhoto>& photos, const std::vector<Vec3<double>>& points);

}  // namespace splat::data
