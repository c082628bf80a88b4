// This header decides whether a training, and everything else that draws, runs on the CPU or on a GPU.
#pragma once

#include <string>

#include "train/training_backend.h"

namespace splat::train {

// Chooses the backend for "cpu", "cuda", or "auto", which is the GPU if there is a usable one. Throws as CudaBackend
// does.
Backend ChooseBackend(const std::string& device);

}  // namespace splat::train
