// A build with CUDA: the operators for tensors on a GPU.
#include "rasterizer/torch/rasterize_ops.h"

namespace splat {

TORCH_LIBRARY_IMPL(splat, CUDA, library) {
  ImplementOnDevice(library);
}

}  // namespace splat
