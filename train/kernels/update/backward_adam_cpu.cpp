// BackwardAndAdam on the CPU, a chunk of splats at a time: what a chunk's gradients need fits the second-level cache.
#include <atomic>

#include "core/check.h"
#include "rasterizer/math/sh_degree.h"
#include "train/kernels/update/backward_adam.h"
#include "train/kernels/update/reduced_update.h"

namespace splat::train {
namespace {

namespace stages = splat::kernels;

constexpr int64_t kChunk = 256;  // splats a task: 64 KiB of gradients

struct ChunkGrad {
  float arrays[kMostNumbersPerSplat * kChunk];
  float grad_mean_px[2 * kChunk], abs_mean_px[2 * kChunk];
};

// The splats [begin, begin + count) of the view. Without sh_rest a view of active degree 0 is the same.
stages::SplatsView<float> Part(const stages::SplatsView<float>& s, int64_t begin, int64_t count, bool with_sh_rest) {
  stages::SplatsView<float> part;
  part.count = count;
  part.sh_rest_count = with_sh_rest ? s.sh_rest_count : 0;
  for (int array = 0; array < kSplatArrays; ++array) {
    const int64_t width = WidthOf(array, part.sh_rest_count);
    if (width > 0) part[array] = s[array] + width * begin;
  }
  return part;
}

stages::ProjectBackwardParams<float> ChunkParams(const BackwardAdamParams& params, int64_t begin, int64_t count,
                                                 ChunkGrad& grad) {
  stages::ProjectBackwardParams<float> part = params.backward;
  part.forward.splats = Part(params.backward.forward.splats, begin, count, !params.skip_sh_rest);
  part.forward.out.records += stages::kRecordSize * begin;
  part.forward.out.tile_counts += begin;
  part.slot_begin += begin;
  part.grad = SplatArraysIn(grad.arrays, kChunk, math::kMaxShRest);
  const stages::ScreenStatsView<float>& stats = params.backward.stats;
  part.stats.grad_mean_px = stats.grad_mean_px ? stats.grad_mean_px + 2 * begin : grad.grad_mean_px;
  part.stats.abs_mean_px = stats.abs_mean_px ? stats.abs_mean_px + 2 * begin : grad.abs_mean_px;
  return part;
}

DensityStatsParams StatisticsOfChunk(const DensityStatsView& density, const stages::ProjectBackwardParams<float>& part,
                                     int64_t begin) {
  DensityStatsParams params = {density, part.forward.splats.count, part.forward.out.tile_counts};
  params.density.gradient_sum += begin;
  params.density.seen += begin;
  params.grad_mean_px = density.absolute ? part.stats.abs_mean_px : part.stats.grad_mean_px;
  return params;
}

}  // namespace

void CheckBackwardAdamParams(const BackwardAdamParams& params) {
  const stages::ProjectParams<float>& forward = params.backward.forward;
  const stages::SplatsView<float>& s = forward.splats;
  stages::CheckShDegree(forward.options.sh_degree, s.sh_rest_count);
  SPLAT_CHECK(s.sh_rest_count <= math::kMaxShRest, "BackwardAndAdam: ", s.sh_rest_count,
              " coefficients per channel beyond the first; must be at most ", math::kMaxShRest);
  SPLAT_CHECK(!params.skip_sh_rest || forward.options.sh_degree == 0, "BackwardAndAdam: skip_sh_rest with sh_degree ",
              forward.options.sh_degree, ": these coefficients have gradients");
  SPLAT_CHECK(!params.density.gradient_sum == !params.density.seen,
              "BackwardAndAdam: gradient_sum and seen must be given together");
  for (int group = 0; group < kSplatArrays; ++group) {
    if (s.count == 0 || WidthOf(group, s.sh_rest_count) == 0) continue;
    SPLAT_CHECK(params.value[group] == s[group], "BackwardAndAdam: value[", group, "] is not the splats' array");
    CheckAdamParams(GroupAdamParams(params, group, 0, s.count, params.value[group]));
  }
}

AdamParams GroupAdamParams(const BackwardAdamParams& params, int group, int64_t begin, int64_t count,
                           const float* grad) {
  const int64_t width = WidthOf(group, params.backward.forward.splats.sh_rest_count);
  const auto at = [&](float* array) { return array ? array + width * begin : nullptr; };
  AdamParams adam;
  adam.size = width * count;
  adam.value = at(params.value[group]);
  adam.grad = grad;
  adam.first = at(params.first[group]);
  adam.second = at(params.second[group]);
  adam.learning_rate = params.learning_rates[group];
  adam.beta1 = params.beta1;
  adam.beta2 = params.beta2;
  adam.epsilon = params.epsilon;
  adam.step = params.step;
  adam.last_unusable_step = params.last_unusable_step;
  return adam;
}

void BackwardAndAdam(const KernelContext& context, const BackwardAdamParams& params) {
  CheckBackwardAdamParams(params);
  std::atomic<bool> all_usable{true};
  ParallelFor(*context.executor, params.backward.forward.splats.count, kChunk, [&](int64_t begin, int64_t end) {
    const int64_t count = end - begin;
    SerialExecutor serial;
    KernelContext own = context;
    own.executor = &serial;
    ChunkGrad grad;
    const stages::ProjectBackwardParams<float> part = ChunkParams(params, begin, count, grad);
    stages::ProjectBackward<float>(own, part);
    if (params.density.gradient_sum) AddDensityStatistics(own, StatisticsOfChunk(params.density, part, begin));
    if (!params.penalty.IsZero()) {
      const stages::SplatsView<float>& splats = part.forward.splats;
      AddPenalties(own, {params.penalty, count, splats.opacity_logits, splats.log_scales, part.grad.opacity_logits,
                         part.grad.log_scales});
    }
    double unusable_step = 0;
    for (int group = 0; group < kSplatArrays; ++group) {
      if (group == kShRest && params.skip_sh_rest) continue;
      AdamParams adam = GroupAdamParams(params, group, begin, count, part.grad[group]);
      adam.last_unusable_step = &unusable_step;
      AdamStep(serial, adam);
    }
    if (unusable_step > 0) all_usable = false;
  });
  if (!all_usable && params.last_unusable_step) *params.last_unusable_step = double(params.step);
}

}  // namespace splat::train
