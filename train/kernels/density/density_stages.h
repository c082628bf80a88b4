// The stages of densification by cloning and splitting decide what becomes of each splat, plan which rows of the model
// change, copy them and draw the children of splits; those of densification by sampling draw what dead splats become,
// and let transparent ones walk. They are a part of a backend's table (train/kernels/train_kernels.h); fates and rows
// are the same on every backend. Splats are counted in 32 bits.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/kernel_context.h"
#include "core/vec.h"
#include "rasterizer/kernels/views.h"
#include "scene/usable_splat.h"
#include "train/kernels/density/clone_split_prune_math.h"
#include "train/kernels/density/morton_math.h"
#include "train/kernels/density/noise_stages.h"
#include "train/kernels/density/relocation_stages.h"

namespace splat::train {

struct DecideParams {
  kernels::SplatsView<float> splats;  // N of them; those that are not usable are removed
  // The statistics are of the first S splats, S <= N; the others, and all of them if an array is null, have none and
  // stay.
  int64_t statistics_count = 0;         // S
  const float* gradient_sum = nullptr;  // [S] over views, at least 0
  const int32_t* seen = nullptr;        // [S] views in which the splat was visible
  FateThresholds thresholds;
  int64_t max_gaussians = 0;  // growth that would exceed it is taken back, the smallest mean gradients first
  uint8_t* fates = nullptr;   // [N] out: SplatFate
};

struct FateCounts {
  int64_t kept = 0;  // kKeep and kClone
  int64_t clones = 0, splits = 0;

  SPLAT_HD int64_t Children() const { return 2 * splits; }
  SPLAT_HD int64_t Added() const { return clones + Children(); }
  SPLAT_HD int64_t Rows() const { return kept + Added(); }
};

// A model of N rows is edited in place: only some rows change. Splats that are removed or split leave holes. New ones,
// clones and then two children of each split, each in the order of the index, go to the holes in ascending order and
// then behind the end. If there are more holes than new splats, the kept ones of the last rows go to the next holes, in
// order, and the model gets shorter.
struct PlanParams {
  int64_t count = 0;               // N
  const uint8_t* fates = nullptr;  // [N] SplatFate
  FateCounts counts;               // of these fates
  // [Changed()] out. Row to[k] gets what was in row from[k]: the first Moved() are kept splats, of which each has
  // another row, and the others are new. to[k] is -1, and from[k] some row, where there is nothing to move.
  int64_t *from = nullptr, *to = nullptr;

  SPLAT_HD int64_t Moved() const { return count > counts.Rows() ? count - counts.Rows() : 0; }
  SPLAT_HD int64_t Changed() const { return Moved() + counts.Added(); }
  SPLAT_HD int64_t Holes() const { return count - counts.kept; }
};

// How many splats of each kind lie before one in the order of the index.
struct RanksBefore {
  int64_t kept = 0, clones = 0, splits = 0;
};

// Writes what the plan has of one splat. kept_in_front: kept splats among the first counts.Rows() rows.
SPLAT_HD inline void PlanSplat(const PlanParams& params, int64_t splat, const RanksBefore& before,
                               int64_t kept_in_front) {
  const SplatFate fate = SplatFate(params.fates[splat]);
  const int64_t rows = params.counts.Rows(), moved = params.Moved();
  if (fate == SplatFate::kKeep || fate == SplatFate::kClone) {
    if (splat >= rows) params.from[before.kept - kept_in_front] = splat;
  } else if (const int64_t hole = splat - before.kept; hole < params.counts.Added()) {
    params.to[moved + hole] = splat;
  } else {
    const int64_t move = hole - params.counts.Added();
    params.to[move] = splat < rows ? splat : -1;
    if (splat >= rows) params.from[move] = splat;
  }
  if (fate == SplatFate::kClone) params.from[moved + before.clones] = splat;
  if (fate == SplatFate::kSplit) {
    int64_t* children = params.from + moved + params.counts.clones + 2 * before.splits;
    children[0] = splat;
    children[1] = splat;
  }
}

// Writes where new splat number `added` goes that finds no hole any more.
SPLAT_HD inline void PlanAppended(const PlanParams& params, int64_t added) {
  params.to[params.Moved() + added] = params.count + added - params.Holes();
}

struct ChildrenParams {
  float* means = nullptr;        // [R, 3] in place
  float* log_scales = nullptr;   // [R, 3] in place
  const float* quats = nullptr;  // [R, 4]
  int64_t first_child = 0;       // row of the first, a copy of its parent as the others are
  int64_t children = 0;
  // The state of the densification step's generator, which the caller skips by children * kDrawsPerChild.
  uint64_t random_state = 0;
};

struct GatherParams {
  const float* from = nullptr;  // [any, width]
  int64_t width = 0;
  const int64_t* rows = nullptr;  // [row_count]
  int64_t row_count = 0;
  float* to = nullptr;  // [row_count, width] out, apart from `from`
};

struct ScatterParams {
  const float* from = nullptr;  // [from_count, width]
  int64_t from_count = 0;       // at most row_count; rows behind are written as 0, as the moments of new splats are
  int64_t width = 0;
  const int64_t* rows = nullptr;  // [row_count] each at most once, or -1: not written
  int64_t row_count = 0;
  float* to = nullptr;  // [any, width] in place, apart from `from`
};

struct MortonParams {
  int64_t count = 0;             // N
  const float* means = nullptr;  // [N, 3]
  Vec3<float> low = {}, high = {};
  int64_t* rows = nullptr;  // [N] out
};

struct DensityStages {
  // Synchronises with the host, once. Where gradients are equal at the limit, the lower index grows.
  FateCounts (*decide_fates)(const KernelContext&, const DecideParams&);
  void (*plan_rows)(const KernelContext&, const PlanParams&);
  void (*draw_children)(const KernelContext&, const ChildrenParams&);
  // to[r] = from[rows[r]].
  void (*gather_rows)(const KernelContext&, const GatherParams&);
  // to[rows[r]] = from[r].
  void (*scatter_rows)(const KernelContext&, const ScatterParams&);
  // Rows by the Morton code of the mean in the box, equal codes by index, means with NaN last.
  void (*morton_order)(const KernelContext&, const MortonParams&);
  // logits [count] = min(logits, limit); NaN stays.
  void (*clamp_opacity)(const KernelContext&, float* logits, int64_t count, float limit);
  // Returns how many are dead. Synchronises with the host, once.
  int64_t (*weigh_splats)(const KernelContext&, const WeighParams&);
  void (*draw_sources)(const KernelContext&, const DrawParams&);
  void (*share_opacity)(const KernelContext&, const ShareParams&);
  void (*add_noise)(const KernelContext&, const NoiseParams&);
};

// fates [count] in the host's memory.
FateCounts CountFates(const uint8_t* fates, int64_t count);

SPLAT_HD inline float MeanGradientOf(const DecideParams& params, int64_t splat) {
  if (splat >= params.statistics_count || !params.gradient_sum || !params.seen) return kNoGradient;
  return MeanGradient(params.gradient_sum[splat], params.seen[splat]);
}

SPLAT_HD inline SplatFate FateOf(const DecideParams& params, int64_t splat) {
  const kernels::SplatsView<float>& splats = params.splats;
  if (!IsUsable(splats, splats.sh_rest_count, splat)) return SplatFate::kRemove;
  const float *s = splats.log_scales + 3 * splat, *mean = splats.means + 3 * splat;
  return FateOf(params.thresholds, splats.opacity_logits[splat], {mean[0], mean[1], mean[2]}, {s[0], s[1], s[2]},
                MeanGradientOf(params, splat));
}

}  // namespace splat::train
