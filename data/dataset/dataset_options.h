// These settings say how photos become a training set.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/option.h"
#include "data/photos/composite.h"

namespace splat::data {

struct DatasetOptions {
  int downscale = 1;          // photos are divided by this, >= 1
  int max_image_size = 1600;  // longer side, px; larger photos are scaled down to it; 0: no limit
  int test_every = 0;  // every n-th photo of the sorted list is held out, starting with the first; 0: none. A split
                       // that the source gives is kept, with a warning.
  std::string masks = "auto";        // auto: those that lie with the photos (data/photos/photo_masks.h); off; a folder
  bool invert_masks = false;         // what is white is dropped
  std::string alpha = "background";  // what becomes of photos' transparency: background, ignore, mask (AlphaUse)
  std::string borders = "auto";      // auto: empty borders that all photos have do not count (view_borders.h); off
  std::array<float, 3> background = {0, 0, 0};  // photos with transparency are composited on it, 0..1
  bool align = true;  // files are in the aligned frame, centred, scaled and upright; false: in the source's frame
  bool observations = false;         // views have where they see the points, for those who refine poses
  bool needs_training_views = true;  // a set that is all held out is an error; false: it is only looked at, so that its
                                     // points serve to check the cameras alone
};

// DatasetOptions::alpha. Throws splat::Error for another word.
AlphaUse AlphaUseOf(const std::string& alpha);

// Returns the rows of the settings except for the background, which belongs to the training. They refer to `options`.
std::vector<Option> OptionsOf(DatasetOptions& options);

}  // namespace splat::data
