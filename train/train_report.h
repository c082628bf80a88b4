// A training leaves this report of what it has found out and how it ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/twist.h"
#include "scene/photo_colors.h"

namespace splat::train {

struct TrainReport {
  std::optional<PhotoColors> photo_colors;  // how its photos differ in colour, where that was learned
  std::string color_mode;                   // that was trained with: off, exposure or full, also where auto chose it
  std::string refine_poses;                 // whether poses were refined: off or on, also where auto chose it
  std::string sky;                          // whether it began with splats for the sky: off or on
  std::vector<double> focal_changes;        // of its lenses, where focal lengths were refined (WithFocalChanges)
  std::vector<double> distortion_changes;   // of its lenses, where these were refined (data::WithRadialChanges)
  std::vector<Twist> motions;               // of the dataset's views, where poses were refined (WithMotions)
  int steps_done = 0;
  bool interrupted = false;  // it ended before its last step, for whatever reason
  std::string error;         // what ended it, if neither the user nor a lack of memory
  double seconds = 0;        // of the loop
  int unusable_steps = 0;    // with gradients or a loss that were not finite
};

}  // namespace splat::train
