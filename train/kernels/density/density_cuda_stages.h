// Density control of the CUDA backend, and of its emulation: the same .cu file compiled by g++ for the tests
// (core/gpu.cuh).
#pragma once

#include "train/kernels/density/density_stages.h"

namespace splat::train {

namespace cuda {
const DensityStages& DeviceDensityStages();
}
namespace emulated {
const DensityStages& DeviceDensityStages();
}

}  // namespace splat::train
