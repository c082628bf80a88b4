// This header declares the stages that the .cu files of this folder and below define, each for the GPU and for its
// emulation.
#pragma once

#include "core/gpu.cuh"
#include "train/kernels/train_kernels.h"

namespace splat::train::SPLAT_GPU_NAMESPACE {

void Loss(const KernelContext& context, const LossParams& params, LossSums* sums);
void Adam(const KernelContext& context, const AdamParams& params);
void BackwardAndAdam(const KernelContext& context, const BackwardAdamParams& params);
void AddGradient(const KernelContext& context, const AddGradientParams& params);
void AddDensityStatistics(const KernelContext& context, const DensityStatsParams& params);
void AddPenalties(const KernelContext& context, const PenaltyParams& params);

void PoseCurvature(const KernelContext& context, const PoseCurvatureParams& params);

ColorStages DeviceColorStages();

DensityStages DeviceDensityStages();
int64_t WeighSplats(const KernelContext& context, const WeighParams& params);
void DrawSources(const KernelContext& context, const DrawParams& params);
void ShareOpacities(const KernelContext& context, const ShareParams& params);
void AddNoise(const KernelContext& context, const NoiseParams& params);

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
