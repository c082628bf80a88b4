#include "bench/floor_model.h"

#include "scene/splat_arrays.h"

namespace splat::bench {

const char* const kStepStageNames[kStepStages] = {"project",          "count", "bin", "blend", "loss", "blend_backward",
                                                  "backward_and_adam"};

namespace {

constexpr double kAdamBytes = 2 * 3 * sizeof(float) * kMostNumbersPerSplat;  // parameters, two moments; read, written
constexpr double kProjectFp32 = 750;  // both directions; half of it each way here

}  // namespace

StepWork WorkOf(const StepCounts& c) {
  const double walked = c.walked_share * c.instances;
  StepWork work;
  // Position and opacity of all; of the visible the rest, and their records.
  work[kProject] = {(16 + 20) * c.splats + 248 * c.visible, kProjectFp32 / 2 * c.visible, 0};
  // Depth sort of the visible in four passes, tile sort of the instances by 16-bit keys in two.
  work[kBin] = {68 * c.visible + 34 * c.instances, 0, 0};
  work[kBlend] = {48 * walked + 20 * c.pixels, 8 * c.tested + 10 * c.contributing, 0};
  work[kLoss] = {144 * c.pixels, 528 * c.pixels, 0};
  work[kBlendBackward] = {84 * walked + 44 * c.pixels, 8 * c.tested + 32 * c.contributing, 12.0 * 32 * c.live_warps};
  work[kBackwardAndAdam] = {260 * c.visible + kAdamBytes * c.splats, kProjectFp32 / 2 * c.visible, 0};
  return work;
}

StageWork Sum(const StepWork& work) {
  StageWork sum;
  for (const StageWork& stage : work) {
    sum.bytes += stage.bytes;
    sum.fp32 += stage.fp32;
    sum.shuffles += stage.shuffles;
  }
  return sum;
}

double FloorMs(const StageWork& work, const DeviceRates& rates) {
  const auto milliseconds = [](double amount, double per_s) { return per_s > 0 ? 1e3 * amount / per_s : 0.0; };
  return milliseconds(work.bytes, rates.bytes_per_s) + milliseconds(work.fp32, rates.fp32_per_s) +
         milliseconds(work.shuffles, rates.shuffles_per_s);
}

}  // namespace splat::bench
