#include <vector>

#include "core/parallel.h"
#include "train/kernels/density/density_cpu_stages.h"

namespace splat::train {
namespace {

constexpr int64_t kChunk = 1 << 12;  // splats, or rows, per task

}  // namespace

int64_t WeighSplats(const KernelContext& context, const WeighParams& params) {
  ParallelFor(*context.executor, params.splats.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const bool alive = LivesBy(params, i);
      params.weight_sums[i] = DrawWeight(alive, params.splats.opacity_logits[i]);
      params.dead_sums[i] = alive ? 0 : 1;
    }
  });
  uint64_t weight = 0;
  int32_t dead = 0;
  for (int64_t i = 0; i < params.splats.count; ++i) {
    params.weight_sums[i] = weight += params.weight_sums[i];
    params.dead_sums[i] = dead += params.dead_sums[i];
  }
  return dead;
}

void DrawSources(const KernelContext& context, const DrawParams& params) {
  const int64_t draws = params.Draws();
  ParallelFor(*context.executor, draws, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) params.from[k] = DrawnSource(params, k);
  });
  for (int64_t i = 0; i < params.count; ++i) {
    if (const int64_t rank = RankOfDead(params, i); rank >= 0 && rank < params.revived) params.to[rank] = i;
  }
  std::vector<int32_t> drawn(static_cast<size_t>(params.count));
  for (int64_t k = 0; k < draws; ++k) {
    if (k >= params.revived) params.to[k] = params.count + k - params.revived;
    const int64_t source = params.from[k];
    params.from[draws + k] = source;
    params.to[draws + k] = drawn[size_t(source)]++ == 0 ? source : -1;
  }
  for (int64_t k = 0; k < draws; ++k) {
    params.copies[k] = params.copies[draws + k] = drawn[size_t(params.from[k])] + 1;
  }
}

void ShareOpacities(const KernelContext& context, const ShareParams& params) {
  ParallelFor(*context.executor, params.rows, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) ShareRow(params, r);
  });
}

}  // namespace splat::train
