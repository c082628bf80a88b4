// The floor model computes the least time that a training step can take on a GPU: its formulas count bytes, FP32
// instructions and shuffles, each divided by what the GPU can do, one after the other. The model is that of a step with
// fused Adam over all splats and float parameters of degree 3 (kMostNumbersPerSplat of a splat).
#pragma once

#include <array>
#include <cstdint>

namespace splat::bench {

enum StepStage { kProject, kCount, kBin, kBlend, kLoss, kBlendBackward, kBackwardAndAdam };
constexpr int kStepStages = 7;
extern const char* const kStepStageNames[kStepStages];

// What a step of one view works on.
struct StepCounts {
  double splats = 0;     // N
  double visible = 0;    // V: splats that reach at least one tile
  double instances = 0;  // I: pairs (splat, tile)
  double pixels = 0;     // P
  double tiles = 0;
  double walked_share = 0;  // e: of the tiles' lists, until all pixels of a tile are opaque
  double contributing = 0;  // pairs (splat, pixel) that are drawn
  double tested = 0;        // pairs (splat, pixel) whose alpha is computed
  double live_warps = 0;    // pairs (splat, warp of 8 x 4 pixels) with at least one drawn pixel
};

// The rates that a GPU reaches. A rate of 0 is unknown, and its part of the floor is left out.
struct DeviceRates {
  double bytes_per_s = 0;
  double fp32_per_s = 0;      // instructions of one lane
  double shuffles_per_s = 0;  // of one lane
};

struct StageWork {
  double bytes = 0, fp32 = 0, shuffles = 0;
};

using StepWork = std::array<StageWork, kStepStages>;

// CountInstances has no work of its own in the model; sorting is that of kBin.
StepWork WorkOf(const StepCounts& counts);
StageWork Sum(const StepWork& work);

// The three parts added up, that is without overlap, ms.
double FloorMs(const StageWork& work, const DeviceRates& rates);

}  // namespace splat::bench
