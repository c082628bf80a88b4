// The table of the CUDA backend of a training.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {

const TrainKernels& DeviceKernels() {
  static const UpdateStages update = {Adam, BackwardAndAdam, AddGradient, AddDensityStatistics, AddPenalties};
  static const TrainKernels table = {kernels::SPLAT_GPU_NAMESPACE::DeviceBackend(),
                                     Loss,
                                     update,
                                     DeviceDensityStages(),
                                     DeviceColorStages(),
                                     PoseCurvature};
  return table;
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
