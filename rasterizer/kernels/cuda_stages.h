// The stages of the CUDA backend, and of its emulation: the same .cu files compiled by g++ for the tests
// (core/gpu.cuh).
#pragma once

#include "rasterizer/kernels/kernels.h"

namespace splat::kernels {

// Two families of the backward blend, of which the faster one is to stay once both have been measured on a GPU:
// DeviceStages has sub-tile warps, DeviceStagesBucketed a warp for each 32 splats of a tile (docs/math.md, section 7).
namespace cuda {
const Stages& DeviceStages();
const Stages& DeviceStagesBucketed();
}  // namespace cuda
namespace emulated {
const Stages& DeviceStages();
const Stages& DeviceStagesBucketed();
}  // namespace emulated

}  // namespace splat::kernels
