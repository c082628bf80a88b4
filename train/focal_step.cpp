#include "train/focal_step.h"

#include <algorithm>

namespace splat::train {
namespace {

// Changes that move the edges of an image by so much are held firmly; chosen by measurement.
constexpr double kIdleChange_px = 0.1;

}  // namespace

double MoveFocal(LensFocal& lens, double share, double side) {
  const LensLoss loss = lens.loss;
  lens.loss = {};
  lens.photos = 0;
  const double of_both = loss.matrix[kGrowthOfLens][kFocalOfLens];
  const double response = of_both / GrowthCurvature(loss, share);
  const double known = loss.matrix[kFocalOfLens][kFocalOfLens] - response * of_both;
  if (!(known > 0)) return 0;
  const double idle = 2 * kIdleChange_px / side;
  const double prior = known * std::min(1.0, idle * idle / (lens.change * lens.change));
  const double gradient = loss.gradient[kFocalOfLens] - response * loss.gradient[kGrowthOfLens] + prior * lens.change;
  const double step = std::clamp(-kStepShare * gradient / (known + prior), -kMostFocalStep, kMostFocalStep);
  const double before = lens.change;
  lens.change = std::clamp(before + step, -kMostFocalChange, kMostFocalChange);
  return -response * (lens.change - before);
}

}  // namespace splat::train
