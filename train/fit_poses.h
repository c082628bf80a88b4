// The poses of photos are fitted here to a scene that is not changed, which tells how well the scene shows a photo
// whose own pose is slightly off.
#pragma once

#include <functional>
#include <vector>

#include "core/log.h"
#include "core/twist.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "rasterizer/torch/splat_model.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

constexpr int kPoseFitSteps = 16;  // for each view

struct PoseFit {
  const data::Dataset* dataset = nullptr;
  std::vector<int> views;                 // that are fitted
  TrainConfig config;                     // the loss and the resolutions are those of a training
  std::function<void(int)> on_view = {};  // before each view: how many are done; may throw; may be empty
};

// Moves each view's camera by the photometric loss alone, with the steps of a training's poses, beginning at the
// dataset's pose. Among the poses at full resolution, the first one included, the one with the smallest loss is chosen.
// Returns motions for all of the dataset's views (WithMotions): none for views that are not fitted or whose photo
// cannot be read, which is logged. The model is on the backend's device.
std::vector<Twist> FitPoses(const Backend& backend, const SplatModel& model, const PoseFit& fit, const LogSink& log);

}  // namespace splat::train
