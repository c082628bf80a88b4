#include "train/photo_motions.h"

#include <algorithm>
#include <cmath>

#include "data/dataset/scene_alignment.h"

namespace splat::train {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kDegree = 0.017453292519943295;  // rad

Vec3<double> Capped(const Vec3<double>& x, double most) {
  const double size = Norm(x);
  return size > most ? (most / size) * x : x;
}

Twist Capped(const Twist& twist, double length, double angle) {
  return MakeTwist(Capped(LinearPart(twist), length), Capped(AngularPart(twist), angle));
}

}  // namespace

MotionLimits UsualLimits() {
  return {0.003, 0.25 * kDegree, 0.03, 3 * kDegree, data::kAlignedDistance};
}

void Move(CameraMotion& motion, const Twist& gradient, double rate, const MotionLimits& limits) {
  if (!std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); })) return;
  ++motion.steps;
  const double correction1 = 1 - std::pow(kBeta1, double(motion.steps));
  const double correction2 = 1 - std::pow(kBeta2, double(motion.steps));
  Twist step;
  for (size_t i = 0; i < step.size(); ++i) {
    const double unit = i < 3 ? limits.scene : 1;  // of a share, of a radian
    const double g = unit * gradient[i];
    motion.first[i] = kBeta1 * motion.first[i] + (1 - kBeta1) * g;
    motion.second[i] = kBeta2 * motion.second[i] + (1 - kBeta2) * g * g;
    const double size = std::sqrt(motion.second[i] / correction2) + kEpsilon;
    step[i] = -unit * rate * (motion.first[i] / correction1) / size;
  }
  step = Capped(step, limits.step_share * limits.scene, limits.step_angle);
  const Twist moved = LogOfMotion(Compose(ExpTwist(step), ExpTwist(motion.twist)));
  motion.twist = Capped(moved, limits.share * limits.scene, limits.angle);
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
