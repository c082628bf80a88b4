#include "core/parallel.h"
#include "train/kernels/density/density_cpu_stages.h"

namespace splat::train {
namespace {

constexpr int64_t kChunk = 1 << 12;  // splats per task

}  // namespace

void AddNoise(const KernelContext& context, const NoiseParams& params) {
  ParallelFor(*context.executor, params.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) WalkSplat(params, i);
  });
}

}  // namespace splat::train
