// The training stages that the .cu files of this folder define, each for the GPU and for its emulation.
#pragma once

#include "core/gpu.cuh"
#include "train/kernels/train_cuda_stages.h"

namespace splat::train::SPLAT_GPU_NAMESPACE {

void Loss(const KernelContext& context, const LossParams& params, LossSums* sums);
void Adam(const KernelContext& context, const AdamParams& params);
void BackwardAndAdam(const KernelContext& context, const BackwardAdamParams& params);
void AddGradient(const KernelContext& context, const AddGradientParams& params);
void AddDensityStatistics(const KernelContext& context, const DensityStatsParams& params);
void AddPenalties(const KernelContext& context, const PenaltyParams& params);

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
