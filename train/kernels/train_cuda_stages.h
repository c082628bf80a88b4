// The training stages of the CUDA backend, and of its emulation (core/gpu.cuh).
#pragma once

#include "train/kernels/train_stages.h"

namespace splat::train {

namespace cuda {
const TrainStages& DeviceTrainStages();
}
namespace emulated {
const TrainStages& DeviceTrainStages();
}

}  // namespace splat::train
