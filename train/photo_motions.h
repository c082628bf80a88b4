// These motions say how far the cameras of photos have been moved from their given poses, and how much the focal
// lengths and distortions of their lenses have changed; they are part of the training's state.
#pragma once

#include <string>
#include <vector>

#include "core/twist.h"
#include "rasterizer/torch/libtorch.h"
#include "train/distortion_step.h"
#include "train/focal_step.h"

namespace splat::train {

// Memory for what a step leaves of the loss of a pose, [kPoseLossNumbers] double, zeros.
torch::Tensor PoseLossOn(const torch::Device& device);

struct PhotoMotions {
  std::vector<Twist> views;                 // by Target::view; empty where poses are not refined
  std::vector<LensFocal> lenses;            // by data::View::lens; empty where focal lengths are not refined
  std::vector<LensDistortion> distortions;  // by data::View::lens; empty where distortions are not refined
  // What a step has left on the device and the host has not used yet.
  torch::Tensor loss;          // [kPoseLossNumbers] double, on the backend's device
  int loss_view = -1;          // whose it is; -1: there is none
  bool of_distortion = false;  // it has the numbers of the distortion

  PhotoMotions Clone() const;
  // Of each lens, as LensFocal has them; empty where focal lengths are not refined.
  std::vector<double> FocalChanges() const;
  // Of each lens, as LensDistortion has them; empty where distortions are not refined.
  std::vector<double> DistortionChanges() const;
};

// Throws splat::Error where a training that goes on has another number of what an option refines than the option asks
// for.
void CheckMotionCount(const char* option, const std::string& value, size_t actual, size_t expected, const char* what);

}  // namespace splat::train
