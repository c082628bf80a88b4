// This header declares densification on the CPU: its part of the backend's table, and the stages that
// relocation_cpu.cpp and noise_cpu.cpp define.
#pragma once

#include "train/kernels/density/density_stages.h"

namespace splat::train {

DensityStages CpuDensityStages();

int64_t WeighSplats(const KernelContext& context, const WeighParams& params);
void DrawSources(const KernelContext& context, const DrawParams& params);
void ShareOpacities(const KernelContext& context, const ShareParams& params);
void AddNoise(const KernelContext& context, const NoiseParams& params);

}  // namespace splat::train
