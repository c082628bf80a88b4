// The stages of density control: decide what becomes of each splat, plan the rows of the new model, copy them, draw the
// children of splits. A table has the functions of one backend, whose pointers are to memory of its device; fates and
// rows are the same on every backend. Splats are counted in 32 bits. No torch.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/kernel_context.h"
#include "core/vec.h"
#include "train/kernels/fate_math.h"

namespace splat::train::kernels {

struct DecideParams {
  int64_t count = 0;                      // N
  const float* opacity_logits = nullptr;  // [N]
  const float* log_scales = nullptr;      // [N, 3]
  // Statistics of the first S splats, S <= N; the others, and all of them if an array is null, have none and stay.
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
  SPLAT_HD int64_t FirstChild() const { return kept + clones; }
  SPLAT_HD int64_t Rows() const { return FirstChild() + Children(); }
};

struct PlanParams {
  int64_t count = 0;               // N
  const uint8_t* fates = nullptr;  // [N] SplatFate
  FateCounts counts;               // of these fates
  int64_t* rows = nullptr;         // [counts.Rows()] out: the splat that each row of the new model is copied from
};

struct ChildrenParams {
  float* means = nullptr;        // [M, 3] in place
  float* log_scales = nullptr;   // [M, 3] in place
  const float* quats = nullptr;  // [M, 4]
  int64_t first_child = 0;       // row of the first, a copy of its parent as the others are
  int64_t children = 0;
  // Of the refinement's generator, which the caller skips by children * kDrawsPerChild.
  uint64_t random_state = 0;
};

struct GatherParams {
  const float* from = nullptr;  // [any, width]
  int64_t width = 0;
  const int64_t* rows = nullptr;  // [row_count]
  int64_t row_count = 0;
  int64_t zero_from = 0;  // rows from this one on are 0, as the moments of new splats are
  float* to = nullptr;    // [row_count, width] out, apart from `from`
};

struct MortonParams {
  int64_t count = 0;             // N
  const float* means = nullptr;  // [N, 3]
  Vec3<float> low = {}, high = {};
  int64_t* rows = nullptr;  // [N] out
};

struct DensityStages {
  const char* name;  // "cpu", "cuda"
  // Synchronises with the host, once. Equal gradients at the limit: the lower index grows.
  FateCounts (*decide_fates)(const KernelContext&, const DecideParams&);
  // The kept ones, then clones, then two children of each split, each in the order of the index.
  void (*plan_rows)(const KernelContext&, const PlanParams&);
  void (*draw_children)(const KernelContext&, const ChildrenParams&);
  // to[r] = from[rows[r]].
  void (*gather_rows)(const KernelContext&, const GatherParams&);
  // Rows by the Morton code of the mean in the box, equal codes by index, means with NaN last.
  void (*morton_order)(const KernelContext&, const MortonParams&);
  // logits [count] = min(logits, limit); NaN stays.
  void (*clamp_opacity)(const KernelContext&, float* logits, int64_t count, float limit);
};

const DensityStages& CpuDensityStages();
// Null in a build without CUDA. That there is a card is for the caller to know.
const DensityStages* CudaDensityStages();

// fates [count] in the host's memory.
FateCounts CountFates(const uint8_t* fates, int64_t count);

SPLAT_HD inline float MeanGradientOf(const DecideParams& params, int64_t splat) {
  if (splat >= params.statistics_count || !params.gradient_sum || !params.seen) return kNoGradient;
  return MeanGradient(params.gradient_sum[splat], params.seen[splat]);
}

SPLAT_HD inline SplatFate FateOf(const DecideParams& params, int64_t splat) {
  const float* s = params.log_scales + 3 * splat;
  return FateOf(params.thresholds, params.opacity_logits[splat], {s[0], s[1], s[2]}, MeanGradientOf(params, splat));
}

}  // namespace splat::train::kernels
