#include "train/choose_backend.h"

#include "rasterizer/torch/torch_device.h"

namespace splat::train {

Backend ChooseBackend(const std::string& device) {
  return device == "cuda" || (device == "auto" && CudaIsUsable()) ? CudaBackend() : CpuBackend();
}

}  // namespace splat::train
