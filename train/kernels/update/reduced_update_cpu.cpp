#include "train/kernels/update/reduced_update.h"

namespace splat::train {
namespace {

constexpr int64_t kChunkNumbers = 8192;  // of one task
constexpr int64_t kChunkSplats = 1024;

}  // namespace

void AddGradient(const KernelContext& context, const AddGradientParams& params) {
  ParallelFor(*context.executor, params.size, kChunkNumbers, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) params.sum[i] += params.values[i];
  });
}

void AddDensityStatistics(const KernelContext& context, const DensityStatsParams& params) {
  ParallelFor(*context.executor, params.count, kChunkSplats, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (params.tile_counts[i] == 0) continue;
      AddDensityStats(params.density, i, {params.grad_mean_px[2 * i], params.grad_mean_px[2 * i + 1]});
    }
  });
}

void AddPenalties(const KernelContext& context, const PenaltyParams& params) {
  ParallelFor(*context.executor, params.count, kChunkSplats, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      AddPenalty(params.penalty, params.opacity_logits[i], params.log_scales + 3 * i, params.grad_opacity_logits[i],
                 params.grad_log_scales + 3 * i);
    }
  });
}

}  // namespace splat::train
