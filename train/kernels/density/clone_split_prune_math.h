// These formulas say what densification makes of one splat, and where its children lie. The CPU and the device share
// one definition, so they decide alike for equal inputs.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "core/host_device.h"
#include "core/quaternion.h"
#include "core/random.h"
#include "core/vec.h"

namespace splat::train {

// The fate says what becomes of a splat at a densification step.
enum class SplatFate : uint8_t {
  kKeep,
  kClone,  // stays, and an equal one is added
  kSplit,  // is replaced by two smaller ones drawn from it
  kRemove
};

// kSplit: the children's scales are the parent's divided by this (Kerbl et al. 2023).
constexpr double kSplitShrink = 1.6;

// This stands in place of the mean gradient of a splat without statistics; it is below every threshold.
constexpr float kNoGradient = -std::numeric_limits<float>::infinity();

struct FateThresholds {
  float prune_logit = 0;       // of the opacity: below it a splat is removed
  double split_log_scale = 0;  // of the largest axis: a growing splat above it is split, else cloned
  double prune_log_scale = 0;  // of the largest axis: above it a splat is removed if prune_large and near enough
  bool prune_large = false;
  double far_squared = std::numeric_limits<double>::infinity();  // of the distance from the origin: beyond it none is
  double grad_threshold = 0;  // of the mean gradient: from it on a splat grows; at least 0
};

// Returns the mean over the `seen` views in which the splat was visible; 0 for none.
SPLAT_HD inline float MeanGradient(float gradient_sum, int32_t seen) {
  return seen > 0 ? gradient_sum / float(seen) : 0.0f;
}

// The largest axis of a usable splat.
SPLAT_HD inline float LargestLogScale(const Vec3<float>& log_scale) {
  float largest = log_scale.x;
  if (largest < log_scale.y) largest = log_scale.y;
  if (largest < log_scale.z) largest = log_scale.z;
  return largest;
}

// Whether the opacity of a usable splat is worth anything. The limit is a float as the logits are, so that a logit set
// to it lives.
SPLAT_HD inline bool Lives(float dead_logit, float opacity_logit) {
  return opacity_logit >= dead_logit;
}

// Whether a usable splat is larger than a splat of the scene may be. Those of the sky are far away, and as large as
// that asks for.
SPLAT_HD inline bool IsTooLarge(const FateThresholds& t, const Vec3<float>& mean, float largest_log_scale) {
  if (!t.prune_large || !(double(largest_log_scale) > t.prune_log_scale)) return false;
  const Vec3<double> x = {mean.x, mean.y, mean.z};
  return !(Dot(x, x) > t.far_squared);
}

// Returns the fate of a usable splat.
SPLAT_HD inline SplatFate FateOf(const FateThresholds& t, float opacity_logit, const Vec3<float>& mean,
                                 const Vec3<float>& log_scale, float mean_gradient) {
  const float largest = LargestLogScale(log_scale);
  const bool too_large = IsTooLarge(t, mean, largest);
  if (!Lives(t.prune_logit, opacity_logit) || too_large) return SplatFate::kRemove;
  if (!(double(mean_gradient) >= t.grad_threshold)) return SplatFate::kKeep;
  return double(largest) > t.split_log_scale ? SplatFate::kSplit : SplatFate::kClone;
}

SPLAT_HD inline bool Grows(SplatFate fate) {
  return fate == SplatFate::kClone || fate == SplatFate::kSplit;
}

// How many of the growing splats may grow, each by one, if `remaining` are not removed.
SPLAT_HD inline int64_t GrowthRoom(int64_t max_gaussians, int64_t remaining) {
  return max_gaussians > remaining ? max_gaussians - remaining : 0;
}

// Ascending keys are descending mean gradients (at least 0, as those of growing splats are): the bits of such floats
// order as the floats do. kNoGrowthKey, of splats that do not grow, comes last. All keys are below 2^kGrowthKeyBits.
constexpr int kGrowthKeyBits = 31;
constexpr uint32_t kNoGrowthKey = 0x7fffffff;
SPLAT_HD inline uint32_t GrowthKey(float mean_gradient) {
  constexpr uint32_t kInfinityBits = 0x7f800000;
  union {
    float f;
    uint32_t u;
  } bits;
  bits.f = mean_gradient;
  return kInfinityBits - bits.u;
}

// How many draws of the random numbers one child takes.
constexpr int kDrawsPerChild = 3 * Random::kDrawsPerNormal;

// Moves a copy of the parent to a point drawn from its own Gaussian and shrinks it. Child number j draws
// from the generator of the densification step skipped by j * kDrawsPerChild. quat: [4], mean and log_scale: [3], in
// place.
SPLAT_HD inline void DrawChild(Random random, const float* quat, float* mean, float* log_scale) {
  const Mat3<double> rotation = RotationMatrix(Quaternion<double>{quat[0], quat[1], quat[2], quat[3]});
  const double x = std::exp(double(log_scale[0])) * random.Normal();
  const double y = std::exp(double(log_scale[1])) * random.Normal();
  const double z = std::exp(double(log_scale[2])) * random.Normal();
  const Vec3<double> offset = rotation * Vec3<double>{x, y, z};
  mean[0] += float(offset.x);
  mean[1] += float(offset.y);
  mean[2] += float(offset.z);
  for (int k = 0; k < 3; ++k) log_scale[k] -= float(std::log(kSplitShrink));
}

// Returns the smaller one, as torch's clamp does: NaN stays.
SPLAT_HD inline float ClampedFromAbove(float value, float limit) {
  return value > limit ? limit : value;
}

}  // namespace splat::train
