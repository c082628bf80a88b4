// The stages of density control that relocation_cuda.cu defines, for the GPU and for its emulation.
#pragma once

#include "core/gpu.cuh"
#include "train/kernels/density/density_cuda_stages.h"

namespace splat::train::SPLAT_GPU_NAMESPACE {

int64_t WeighSplats(const KernelContext& context, const WeighParams& params);
void DrawSources(const KernelContext& context, const DrawParams& params);
void ShareOpacities(const KernelContext& context, const ShareParams& params);
void AddNoise(const KernelContext& context, const NoiseParams& params);

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
