// These operators are behind Render, registered with LibTorch's dispatcher as torch.ops.splat.*; they are internal to
// the library.
//
//   splat::rasterize           differentiable (Autograd key); returns image, alpha, depth, visible, half_extents
//   splat::rasterize_forward   one backend (CPU key, and CUDA in a build with it): the same and what the gradient needs
//   splat::rasterize_backward  one backend (CPU key, and CUDA in a build with it): gradients of the model and the
//   screen statistics
#pragma once

#include "core/camera.h"
#include "rasterizer/torch/libtorch.h"

namespace splat {

// A camera as one double tensor [18]: width, height, fx, fy, cx, cy, rotation (row-major, camera_from_world),
// translation.
torch::Tensor PackCamera(const Camera& camera);
Camera UnpackCamera(const torch::Tensor& packed);

// Registers the operators of one backend, rasterize_forward and rasterize_backward, for the library's dispatch key.
void ImplementOnDevice(torch::Library& library);

}  // namespace splat
