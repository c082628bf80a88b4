#include "train/kernels/train_kernels.h"

#include "train/kernels/density/density_cpu_stages.h"

namespace splat::train {
namespace {

void LossOnCpu(const KernelContext& context, const LossParams& params, LossSums* sums) {
  CheckLossParams(params);
  const LossBufferSizes sizes = LossBufferSizesOf(params);
  LossValue value;
  if (context.scratch) {
    value = PhotometricLoss(
        *context.executor, params,
        {context.scratch->AllocateArray<float>(sizes.partials), context.scratch->AllocateArray<double>(sizes.sums)});
  } else {
    PhotometricLossWorkspace workspace;
    value = PhotometricLoss(*context.executor, params, workspace);
  }
  *sums = {value.l1, value.ssim};
}

void AdamOnCpu(const KernelContext& context, const AdamParams& params) {
  AdamStep(*context.executor, params);
}

}  // namespace

const TrainKernels& CpuKernels() {
  static const UpdateStages update = {AdamOnCpu, BackwardAndAdam, AddGradient, AddDensityStatistics, AddPenalties};
  static const TrainKernels table = {kernels::CpuBackend(), LossOnCpu, update, CpuDensityStages(), CpuColorStages()};
  return table;
}

}  // namespace splat::train
