// The operators behind Render, registered with LibTorch's dispatcher as torch.ops.splat.*; internal to the library.
//
//   splat::rasterize           differentiable (Autograd key); returns image, alpha, depth, visible, half_extents
//   splat::rasterize_forward   one backend (CPU key): the same and what the gradient needs
//   splat::rasterize_backward  one backend (CPU key): gradients of the six tensors and the screen statistics
#pragma once

#include "core/camera.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

// A camera as one double tensor [18]: width, height, fx, fy, cx, cy, rotation (row-major, camera_from_world),
// translation.
torch::Tensor PackCamera(const Camera& camera);
Camera UnpackCamera(const torch::Tensor& packed);

}  // namespace splat
