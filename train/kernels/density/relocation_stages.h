// This header has the parameters of the stages that relocate splats; the functions are in the table of densification
// (density_stages.h). A densification step draws K sources among the live splats, each with a chance in proportion to
// its opacity, for K targets: dead rows, and new ones behind the end.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/random.h"
#include "rasterizer/kernels/views.h"
#include "scene/usable_splat.h"
#include "train/kernels/density/relocation_math.h"

namespace splat::train {

struct WeighParams {
  kernels::SplatsView<float> splats;  // N of them
  float dead_logit = 0;  // a splat that is not usable or does not live by it (clone_split_prune_math.h) is dead
  uint64_t* weight_sums = nullptr;  // [N] out: inclusive sums of DrawWeight
  int32_t* dead_sums = nullptr;     // [N] out: dead ones among the splats up to this one
};

SPLAT_HD inline bool LivesBy(const WeighParams& params, int64_t splat) {
  const kernels::SplatsView<float>& splats = params.splats;
  return IsUsable(splats, splats.sh_rest_count, splat) && Lives(params.dead_logit, splats.opacity_logits[splat]);
}

struct DrawParams {
  int64_t count = 0;                      // N, of which at least one lives
  const uint64_t* weight_sums = nullptr;  // [N] of WeighParams
  const int32_t* dead_sums = nullptr;     // [N]
  int64_t revived = 0;                    // D: as many of the dead, the first ones, become targets
  int64_t added = 0;                      // as many new rows as well: K = D + added
  uint64_t random_state = 0;              // of the densification step's generator, which the caller skips by K
  // [2 K] out: which rows change, in the form of ScatterParams and GatherParams. Rows k < K are the targets: row to[k]
  // is to be a copy of row from[k]. Rows K + k are their sources, from[K + k] = from[k], and to[K + k] is the same row
  // for the first k that has drawn it and -1 for the others.
  int64_t *from = nullptr, *to = nullptr;
  int32_t* copies = nullptr;  // [2 K] out: how many splats take the place of from[k], itself among them

  SPLAT_HD int64_t Draws() const { return revived + added; }
};

// The row of draw k.
SPLAT_HD inline int64_t DrawnSource(const DrawParams& params, int64_t k) {
  const uint64_t place =
      DrawnPlace(Random(params.random_state).Skipped(uint64_t(k)), params.weight_sums[params.count - 1]);
  return SplatOfDraw(params.weight_sums, params.count, place);
}

// The place of a dead splat among the dead; -1 for a live one.
SPLAT_HD inline int64_t RankOfDead(const DrawParams& params, int64_t splat) {
  const int32_t before = splat > 0 ? params.dead_sums[splat - 1] : 0;
  return params.dead_sums[splat] > before ? before : -1;
}

struct ShareParams {
  int64_t rows = 0;                 // R
  const int32_t* copies = nullptr;  // [R]
  float least_logit = 0;            // of an opacity after sharing
  float* opacity_logits = nullptr;  // [R] in place
  float* log_scales = nullptr;      // [R, 3] in place
};

SPLAT_HD inline void ShareRow(const ShareParams& params, int64_t row) {
  const SharedSplat shared = ShareOpacity(params.opacity_logits[row], params.copies[row]);
  params.opacity_logits[row] = shared.opacity_logit > params.least_logit ? shared.opacity_logit : params.least_logit;
  for (int k = 0; k < 3; ++k) params.log_scales[3 * row + k] += shared.log_scale_change;
}

}  // namespace splat::train
