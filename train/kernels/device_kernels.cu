// The table of the CUDA backend of a training.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {

const TrainKernels& DeviceKernels() {
  static const TrainKernels table = {
      kernels::SPLAT_GPU_NAMESPACE::DeviceBackend(), Loss, {Adam, BackwardAndAdam}, DeviceDensityStages()};
  return table;
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
