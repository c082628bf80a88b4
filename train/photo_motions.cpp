#include "train/photo_motions.h"

#include <algorithm>
#include <cmath>

#include "core/constants.h"
#include "data/dataset/scene_alignment.h"
#include "rasterizer/kernels/kernels.h"
#include "train/kernels/update/adam_math.h"

namespace splat::train {
namespace {

constexpr double kMotionEpsilon = 1e-8;  // of Adam, as published for poses

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

void Move(CameraMotion& motion, const Twist& gradient, double rate, const MotionLimits& limits) {
  if (!std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); })) return;
  ++motion.steps;
  const auto factors = AdamFactorsOf<double>(rate, kAdamBeta1, kAdamBeta2, kMotionEpsilon, motion.steps);
  Twist step;
  for (size_t i = 0; i < step.size(); ++i) {
    const double unit = i < 3 ? limits.scene : 1;  // of a share, of a radian
    const auto after = AdamMomentsAfter<double>(factors, {motion.first[i], motion.second[i]}, unit * gradient[i]);
    motion.first[i] = after.first;
    motion.second[i] = after.second;
    step[i] = unit * AdamValueAfter(factors, 0.0, after);
  }
  step = Capped(step, limits.step_share * limits.scene, limits.step_angle);
  const Twist moved = LogOfMotion(Compose(ExpTwist(step), ExpTwist(motion.twist)));
  motion.twist = Capped(moved, limits.share * limits.scene, limits.angle);
}

torch::Tensor MotionGradientOn(const torch::Device& device) {
  return torch::zeros({kernels::kCameraMotionSize}, torch::TensorOptions(torch::kFloat64).device(device));
}

PhotoMotions PhotoMotions::Clone() const {
  PhotoMotions clone = *this;
  if (gradient.defined()) clone.gradient = gradient.clone();
  return clone;
}

std::vector<Twist> TwistsOf(const PhotoMotions& motions) {
  std::vector<Twist> twists;
  twists.reserve(motions.views.size());
  for (const CameraMotion& motion : motions.views) twists.push_back(motion.twist);
  return twists;
}

}  // namespace splat::train
