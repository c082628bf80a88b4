// The backend that a training runs on: where its tensors lie, and the kernels that take them.
#pragma once

#include <string>

#include "rasterizer/kernels/kernels.h"
#include "rasterizer/torch/libtorch.h"
#include "train/kernels/density/density_stages.h"
#include "train/kernels/train_stages.h"

namespace splat::train {

struct Backend {
  torch::Device device = torch::kCPU;
  const kernels::Stages* stages = nullptr;
  const TrainStages* train = nullptr;
  const DensityStages* density = nullptr;
  // Kernels are only queued when a call returns, and reading a value waits for all of them. Photos are kept on the
  // device, and splats are put into Morton order now and then.
  bool is_device = false;
};

Backend CpuBackend();

// "cpu", "cuda", or "auto": the GPU if there is a usable one. Throws splat::Error, saying why, for cuda without one.
Backend ChooseBackend(const std::string& device);

// Bytes of memory that the backend's device has, and that are free now.
kernels::DeviceMemory MemoryOf(const Backend& backend);

// The most splats that the memory holds in training, for images of so many pixels and with so many bytes of photos
// that stay on a GPU; a margin is left.
int64_t MostSplatsFor(const Backend& backend, int64_t pixels, int64_t photo_bytes = 0);

}  // namespace splat::train
