#include "train/kernels/train_kernels.h"

#include "core/own_scratch.h"
#include "train/kernels/density/density_cpu_stages.h"

namespace splat::train {
namespace {

void LossOnCpu(const KernelContext& context, const LossParams& params, LossSums* sums) {
  CheckLossParams(params);
  const LossBufferSizes sizes = LossBufferSizesOf(params);
  OwnScratch own;
  ScratchAllocator& scratch = ScratchOf(context, own);
  const LossValue value =
      PhotometricLoss(*context.executor, params,
                      {scratch.AllocateArray<float>(sizes.partials), scratch.AllocateArray<double>(sizes.sums)});
  *sums = {value.l1, value.ssim};
}

void AdamOnCpu(const KernelContext& context, const AdamParams& params) {
  AdamStep(*context.executor, params);
}

}  // namespace

const TrainKernels& CpuKernels() {
  static const UpdateStages update = {AdamOnCpu, BackwardAndAdam, AddGradient, AddDensityStatistics, AddPenalties};
  static const TrainKernels table = {kernels::CpuBackend(), LossOnCpu,        update,
                                     CpuDensityStages(),    CpuColorStages(), PoseCurvature};
  return table;
}

}  // namespace splat::train
