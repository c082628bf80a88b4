// The stages of the CUDA backend, and of its emulation: the same .cu files compiled by g++ for the tests
// (core/gpu.cuh).
#pragma once

#include "rasterizer/kernels/kernels.h"

namespace splat::kernels {

namespace cuda {
const Stages& DeviceStages();
}  // namespace cuda
namespace emulated {
const Stages& DeviceStages();
}  // namespace emulated

}  // namespace splat::kernels
