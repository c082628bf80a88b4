// The backend that a training runs on is the table of kernels together with the device on which their tensors lie.
#pragma once

#include "rasterizer/torch/libtorch.h"
#include "train/kernels/train_kernels.h"

namespace splat::train {

struct Backend : TrainKernels {
  torch::Device device = torch::kCPU;
};

Backend CpuBackend();
// Returns the backend of the first GPU. Throws splat::Error, saying why, if none is usable.
Backend CudaBackend();

// Returns the bytes of memory that the backend's device has, and that are free.
DeviceMemory MemoryOf(const Backend& backend);

}  // namespace splat::train
