#include <algorithm>
#include <numeric>
#include <vector>

#include "core/parallel.h"
#include "train/kernels/density/density_cpu_stages.h"

namespace splat::train {
namespace {

constexpr int64_t kChunk = 1 << 12;  // splats, or rows, per task

// Takes back the growth with the smallest gradients until the limit is kept.
void LimitGrowth(const DecideParams& params) {
  std::vector<int64_t> growing;
  int64_t remaining = 0;
  for (int64_t i = 0; i < params.splats.count; ++i) {
    const SplatFate fate = SplatFate(params.fates[i]);
    remaining += fate == SplatFate::kRemove ? 0 : 1;
    if (Grows(fate)) growing.push_back(i);
  }
  const int64_t room = GrowthRoom(params.max_gaussians, remaining);
  if (int64_t(growing.size()) <= room) return;
  const auto key = [&](int64_t i) { return GrowthKey(MeanGradientOf(params, i)); };
  std::stable_sort(growing.begin(), growing.end(), [&](int64_t a, int64_t b) { return key(a) < key(b); });
  for (size_t k = size_t(room); k < growing.size(); ++k) params.fates[growing[k]] = uint8_t(SplatFate::kKeep);
}

FateCounts DecideFates(const KernelContext& context, const DecideParams& params) {
  ParallelFor(*context.executor, params.splats.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) params.fates[i] = uint8_t(FateOf(params, i));
  });
  LimitGrowth(params);
  return CountFates(params.fates, params.splats.count);
}

void PlanRows(const KernelContext&, const PlanParams& params) {
  RanksBefore before;
  int64_t kept_in_front = 0;
  for (int64_t i = 0; i < params.count; ++i) {
    const SplatFate fate = SplatFate(params.fates[i]);
    PlanSplat(params, i, before, kept_in_front);
    before.clones += fate == SplatFate::kClone ? 1 : 0;
    before.kept += fate == SplatFate::kKeep || fate == SplatFate::kClone ? 1 : 0;
    before.splits += fate == SplatFate::kSplit ? 1 : 0;
    if (i < params.counts.Rows()) kept_in_front = before.kept;
  }
  for (int64_t added = params.Holes(); added < params.counts.Added(); ++added) PlanAppended(params, added);
}

void DrawChildren(const KernelContext& context, const ChildrenParams& params) {
  const Random random(params.random_state);
  ParallelFor(*context.executor, params.children, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t child = begin; child < end; ++child) {
      const int64_t row = params.first_child + child;
      DrawChild(random.Skipped(uint64_t(child) * kDrawsPerChild), params.quats + 4 * row, params.means + 3 * row,
                params.log_scales + 3 * row);
    }
  });
}

void GatherRows(const KernelContext& context, const GatherParams& params) {
  ParallelFor(*context.executor, params.row_count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      std::copy_n(params.from + params.width * params.rows[r], params.width, params.to + params.width * r);
    }
  });
}

void ScatterRows(const KernelContext& context, const ScatterParams& params) {
  ParallelFor(*context.executor, params.row_count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      if (params.rows[r] < 0) continue;
      float* to = params.to + params.width * params.rows[r];
      if (r < params.from_count) {
        std::copy_n(params.from + params.width * r, params.width, to);
      } else {
        std::fill_n(to, params.width, 0.0f);
      }
    }
  });
}

void MortonOrder(const KernelContext& context, const MortonParams& params) {
  const MortonBox box = MortonBoxOf(params.low, params.high);
  std::vector<uint32_t> keys(static_cast<size_t>(params.count));
  ParallelFor(*context.executor, params.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* mean = params.means + 3 * i;
      keys[size_t(i)] = MortonKey(box, {mean[0], mean[1], mean[2]});
    }
  });
  std::iota(params.rows, params.rows + params.count, int64_t(0));
  std::stable_sort(params.rows, params.rows + params.count,
                   [&](int64_t a, int64_t b) { return keys[size_t(a)] < keys[size_t(b)]; });
}

void ClampOpacity(const KernelContext& context, float* logits, int64_t count, float limit) {
  ParallelFor(*context.executor, count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) logits[i] = ClampedFromAbove(logits[i], limit);
  });
}

}  // namespace

FateCounts CountFates(const uint8_t* fates, int64_t count) {
  const auto with = [&](SplatFate fate) { return int64_t(std::count(fates, fates + count, uint8_t(fate))); };
  FateCounts counts;
  counts.clones = with(SplatFate::kClone);
  counts.kept = with(SplatFate::kKeep) + counts.clones;
  counts.splits = with(SplatFate::kSplit);
  return counts;
}

DensityStages CpuDensityStages() {
  return {DecideFates,  PlanRows,    DrawChildren, GatherRows,     ScatterRows, MortonOrder,
          ClampOpacity, WeighSplats, DrawSources,  ShareOpacities, AddNoise};
}

}  // namespace splat::train
