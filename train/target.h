// A target is what a render is compared with.
#pragma once

#include "core/camera.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::train {

struct Target {
  Camera camera;         // for the resolution of the step
  torch::Tensor pixels;  // [H, W, 3] uint8, on the backend's device
  int view = -1;         // the photo's place in Dataset::views, by which terms keep parameters of photos; -1: in none
  torch::Tensor weights = {};  // [H, W] uint8, on the device: LossParams::weights; undefined: all count in full
};

}  // namespace splat::train
