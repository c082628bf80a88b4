// A build without CUDA.
#include "rasterizer/kernels/backend.h"

namespace splat::kernels {

FoundBackend CudaBackend() {
  return {nullptr, "this build of splat-train has no CUDA backend"};
}

}  // namespace splat::kernels
