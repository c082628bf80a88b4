#include "train/distortion_step.h"

#include <algorithm>
#include <cmath>

namespace splat::train {
namespace {

// Changes in all that move the corners of an image by less are held to be none, and steps by less are not made; both
// chosen by measurement.
constexpr double kHeldChange_px = 0.2, kLeastStep_px = 0.1;
constexpr double kLeastShare = 0.25;  // of a whole step, after turns

// The loss as a function of the distortion alone, with all else where it is best.
struct Eliminated {
  double gradient = 0, curvature = 0;
  LensResponse response;  // per unit of the distortion
};

Eliminated EliminateOthers(const LensLoss& loss, const DistortionStepInput& input) {
  const auto& m = loss.matrix;
  const double of_focal = input.focal_follows ? m[kRadialOfLens][kFocalOfLens] : 0;
  const double of_growth = m[kGrowthOfLens][kRadialOfLens];
  SquareMatrix<2> others = {};
  others[0][0] = input.focal_follows ? m[kFocalOfLens][kFocalOfLens] : 1;
  others[1][0] = input.focal_follows ? m[kGrowthOfLens][kFocalOfLens] : 0;
  others[1][1] = GrowthCurvature(loss, input.share);
  std::array<double, 2> response = {of_focal, of_growth};
  if (!SolvePositiveDefinite(others, response)) return {};
  Eliminated rest;
  rest.response = {-response[0], -response[1]};
  rest.gradient = loss.gradient[kRadialOfLens] - response[0] * loss.gradient[kFocalOfLens] -
                  response[1] * loss.gradient[kGrowthOfLens];
  rest.curvature = m[kRadialOfLens][kRadialOfLens] - response[0] * of_focal - response[1] * of_growth;
  return rest;
}

}  // namespace

RadialReach RadialReachOf(const Camera& camera) {
  RadialReach reach = {0, 0};
  for (const double x : {-camera.cx, camera.width - camera.cx}) {
    for (const double y : {-camera.cy, camera.height - camera.cy}) {
      const double radius = std::hypot(x / camera.fx, y / camera.fy);
      if (radius <= reach.radius) continue;
      reach = {radius, radius * radius * std::hypot(x, y)};
    }
  }
  return reach;
}

LensResponse MoveDistortion(LensDistortion& lens, const DistortionStepInput& input) {
  const Eliminated rest = EliminateOthers(lens.loss, input);
  lens.loss = {};
  lens.photos = 0;
  if (!(rest.curvature > 0)) return {};
  const double whole = -rest.gradient / rest.curvature;
  const bool turns = whole * lens.step < 0;
  const double share = turns ? std::max(kLeastShare, lens.share / 2) : lens.share;
  const double scale = 1 / (input.reach.radius * input.reach.radius), most_step = kMostRadialStep * scale,
               most = kMostRadialChange * scale, pixel = 1 / input.reach.corner_px;
  const bool is_right = std::abs(lens.change + whole) < kHeldChange_px * pixel;
  const double step = std::clamp(is_right ? -lens.change : share * whole, -most_step, most_step);
  const double moved = std::clamp(lens.change + step, -most, most) - lens.change;
  if (std::abs(moved) < kLeastStep_px * pixel) return {};
  lens.step = moved;
  lens.share = share;
  lens.change += moved;
  return {moved * rest.response.focal, moved * rest.response.growth};
}

}  // namespace splat::train
