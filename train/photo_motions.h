// How far the cameras of photos have been moved from where their poses say, and the optimizer's moments of that: a part
// of the training's state.
#pragma once

#include <cstdint>
#include <vector>

#include "core/twist.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::train {

// The motion of one camera: camera_from_world = ExpTwist(twist) of the source's pose. Lengths are in scene units.
struct CameraMotion {
  Twist twist = {};
  Twist first = {}, second = {};  // moments of the gradient, which is by shares of the scene and radians
  int64_t steps = 0;              // updates
};

// Caps of a motion in shares of `scene` and in radians, of an update and of all together.
struct MotionLimits {
  double step_share, step_angle, share, angle, scene;
};
// Those of LichtFeld Studio: 0.3 % and 0.25 degrees, 3 % and 3 degrees. The scene's length is the cameras' distance
// from what they look at (data::kAlignedDistance).
MotionLimits UsualLimits();

// Makes a step of Adam (0.9, 0.999, 1e-8) on a motion. `gradient` is the loss's by a further motion of the moved
// camera, as kernels::CameraGradientParams has it, and the step is composed with the motion: no step is taken along the
// old camera's axes. A gradient that is not finite moves nothing.
void Move(CameraMotion& motion, const Twist& gradient, double rate, const MotionLimits& limits);

// Memory for the gradient of a motion, [6] double, zeros.
torch::Tensor MotionGradientOn(const torch::Device& device);

struct PhotoMotions {
  std::vector<CameraMotion> views;  // by Target::view; empty where poses are not refined
  // The gradient that a step has left on the device and the host has not used yet.
  torch::Tensor gradient;  // [6] double, on the backend's device
  int gradient_view = -1;  // whose it is; -1: there is none
  double gradient_rate = 0;

  PhotoMotions Clone() const;
};

// The motions alone, by view; none where poses are not refined.
std::vector<Twist> TwistsOf(const PhotoMotions& motions);

}  // namespace splat::train
