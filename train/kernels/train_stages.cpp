// The table of each backend: the one place that knows which of them this build has.
#include "train/kernels/train_stages.h"

#if defined(SPLAT_WITH_CUDA)
#include "train/kernels/train_cuda_stages.h"
#endif

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

const TrainStages& CpuTrainStages() {
  static const TrainStages stages = {
      "cpu", LossOnCpu, AdamOnCpu, BackwardAndAdam, AddGradient, AddDensityStatistics, AddPenalties};
  return stages;
}

const TrainStages* CudaTrainStages() {
#if defined(SPLAT_WITH_CUDA)
  return &cuda::DeviceTrainStages();
#else
  return nullptr;
#endif
}

}  // namespace splat::train
