// A build with CUDA.
#include "train/kernels/train_kernels.h"

namespace splat::train {

FoundKernels CudaKernels() {
  return {&cuda::DeviceKernels()};
}

}  // namespace splat::train
