// The table of the CUDA backend's training stages.
#include "train/kernels/train_cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {

const TrainStages& DeviceTrainStages() {
  static const TrainStages stages = {"cuda",      Loss, Adam, BackwardAndAdam, AddGradient, AddDensityStatistics,
                                     AddPenalties};
  return stages;
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
