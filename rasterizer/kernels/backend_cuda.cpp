// A build with CUDA.
#include "rasterizer/kernels/backend.h"

namespace splat::kernels {

FoundBackend CudaBackend() {
  return {&cuda::DeviceBackend()};
}

}  // namespace splat::kernels
