// A build with CUDA.
#include "rasterizer/kernels/backend.h"

namespace splat::kernels {

FoundBackend CudaBackend() {
  return {&cuda::DeviceBackend()};
}

FoundBackend CudaBucketsBackend() {
  return {&cuda::BucketsBackend()};
}

}  // namespace splat::kernels
