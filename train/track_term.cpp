#include "train/track_term.h"

#include <algorithm>
#include <cmath>

namespace splat::train {
namespace {

constexpr size_t kLeastObservations = 12;
constexpr double kLeastSpread = 0.1;  // of a side

}  // namespace

bool TrackTerm::Supports(int view) const {
  const data::View& seen = dataset_.views[size_t(view)];
  if (weight_ == 0 || seen.observations.size() < kLeastObservations) return false;
  const auto by_x = [](const data::Observation& a, const data::Observation& b) { return a.x < b.x; };
  const auto by_y = [](const data::Observation& a, const data::Observation& b) { return a.y < b.y; };
  const auto x = std::minmax_element(seen.observations.begin(), seen.observations.end(), by_x);
  const auto y = std::minmax_element(seen.observations.begin(), seen.observations.end(), by_y);
  const double width = (x.second->x - x.first->x) * seen.camera.fx / seen.camera.width;
  const double height = (y.second->y - y.first->y) * seen.camera.fy / seen.camera.height;
  return std::min(width, height) >= kLeastSpread;
}

TrackLoss TrackTerm::At(int view, const Rigid3& camera_from_world, double focal_change) const {
  const data::View& seen = dataset_.views[size_t(view)];
  const Camera& camera = seen.camera;
  const double pixels = data::kReprojectionSide_px / std::max(camera.width, camera.height);
  const double fx = camera.fx * pixels, fy = camera.fy * pixels;
  const double factor = std::exp(focal_change), moved_fx = factor * fx, moved_fy = factor * fy;
  TrackLoss loss;
  for (const data::Observation& observation : seen.observations) {
    const Vec3<double> x = camera_from_world * dataset_.points.positions[size_t(observation.point)];
    if (!(x.z > dataset_.near)) continue;
    const double u = x.x / x.z, v = x.y / x.z;
    const double right = moved_fx * u - fx * observation.x, down = moved_fy * v - fy * observation.y;
    const double distance = std::hypot(right, down);
    loss.value += weight_ * (distance <= 1 ? 0.5 * distance * distance : distance - 0.5);
    const double share = weight_ / std::max(1.0, distance);  // of the residual, in the gradient
    const CameraFlow<double> flow = FlowByCamera(u, v, 1 / x.z);
    PoseLoss part;
    for (size_t i = 0; i < part.gradient.size(); ++i) {
      part.gradient[i] = share * (right * moved_fx * flow.right[i] + down * moved_fy * flow.down[i]);
    }
    ForCurvature<kCameraNumbers, double>(
        flow, {share * moved_fx * moved_fx, 0, share * moved_fy * moved_fy},
        [&](int row, int column, double value) { part.matrix[size_t(row)][size_t(column)] = value; });
    Add(part, loss);
  }
  return loss;
}

}  // namespace splat::train
