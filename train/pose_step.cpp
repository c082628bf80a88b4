#include "train/pose_step.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "data/dataset/scene_alignment.h"

namespace splat::train {
namespace {

// Motions of this root mean square, px, are what photos ask for whose poses are right; chosen by measurement.
constexpr double kIdleMotion_px = 0.05;
constexpr double kLeastPrior = 0.01, kLargestPrior = 1;

Vec3<double> Capped(const Vec3<double>& x, double most) {
  const double size = Norm(x);
  return size > most ? (most / size) * x : x;
}

Twist Capped(const Twist& twist, double length, double angle) {
  return MakeTwist(Capped(LinearPart(twist), length), Capped(AngularPart(twist), angle));
}

}  // namespace

MotionLimits UsualLimits() {
  return {0.003, 0.25 * kRadiansPerDegree, 0.03, 3 * kRadiansPerDegree, data::kAlignedDistance};
}

MotionEquations EquationsOf(const Twist& motion, const PoseLoss& photo, const PoseLoss& points, double scene,
                            double prior) {
  PoseLoss loss = photo;
  Add(points, loss);
  MotionEquations equations;
  const auto unit = [&](size_t i) { return MotionUnit(i, scene); };
  double mean = 0;
  for (size_t i = 0; i < motion.size(); ++i) {
    for (size_t j = 0; j <= i; ++j) equations.matrix[i][j] = unit(i) * unit(j) * loss.matrix[i][j];
    mean += unit(i) * unit(i) * photo.matrix[i][i] / double(motion.size());
  }
  for (size_t i = 0; i < motion.size(); ++i) {
    equations.matrix[i][i] += prior * mean;
    equations.downhill[i] = -(unit(i) * loss.gradient[i] + prior * mean * motion[i] / unit(i));
  }
  return equations;
}

void Move(Twist& motion, const PoseLoss& photo, const MotionLimits& limits, double prior, const PoseLoss& points) {
  const MotionEquations equations = EquationsOf(motion, photo, points, limits.scene, prior);
  Twist step = equations.downhill;
  if (!SolvePositiveDefinite(equations.matrix, step)) return;
  if (!std::all_of(step.begin(), step.end(), [](double x) { return std::isfinite(x); })) return;
  for (size_t i = 0; i < step.size(); ++i) step[i] *= kStepShare * MotionUnit(i, limits.scene);
  step = Capped(step, limits.step_share * limits.scene, limits.step_angle);
  const Twist moved = LogOfMotion(Compose(ExpTwist(step), ExpTwist(motion)));
  motion = Capped(moved, limits.share * limits.scene, limits.angle);
}

double RootMeanSquare(const std::vector<Twist>& motions, const std::vector<int>& views, double scene) {
  double squares = 0;
  for (const int view : views) {
    const Vec3<double> turn = AngularPart(motions[size_t(view)]),
                       shift = (1 / scene) * LinearPart(motions[size_t(view)]);
    squares += Dot(turn, turn) + Dot(shift, shift);
  }
  return std::sqrt(squares / double(kMotionNumbers * views.size()));
}

double PriorOfAll(const std::vector<Twist>& motions, const std::vector<int>& views, double scene, double pixel) {
  const double idle = kIdleMotion_px * pixel, size = RootMeanSquare(motions, views, scene);
  return std::clamp((idle * idle) / (size * size), kLeastPrior, kLargestPrior);
}

}  // namespace splat::train
