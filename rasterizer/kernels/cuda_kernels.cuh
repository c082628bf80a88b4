// This header declares the stages that the .cu files of this folder define, each for the GPU and for its emulation.
#pragma once

#include "core/gpu.cuh"
#include "rasterizer/kernels/kernels.h"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {

void Project(const KernelContext& context, const ProjectParams<float>& params);
InstanceCount CountInstances(const KernelContext& context, const int32_t* tile_counts, int64_t count,
                             int32_t* slot_begin);
const InstanceCount* CountOnDevice(const KernelContext& context, const int32_t* tile_counts, int64_t count,
                                   int32_t* slot_begin);
void BinSplats(const KernelContext& context, const BinParams<float>& params);
void Blend(const KernelContext& context, const BlendParams<float>& params);
void BlendBackward(const KernelContext& context, const BlendBackwardParams<float>& params);
void ProjectBackward(const KernelContext& context, const ProjectBackwardParams<float>& params);
void CameraGradient(const KernelContext& context, const CameraGradientParams<float>& params);

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
