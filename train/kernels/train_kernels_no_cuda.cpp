// A build without CUDA.
#include "train/kernels/train_kernels.h"

namespace splat::train {

FoundKernels CudaKernels() {
  return {nullptr, kernels::CudaBackend().why_none};
}

}  // namespace splat::train
