// The training size is the size at which a photo is trained on.
#pragma once

#include <string>

#include "core/check.h"
#include "data/dataset/dataset_options.h"

namespace splat::data {

// A smaller image makes no sense: the window of the loss has 11 x 11 px plus its rim.
constexpr int kMinSide_px = 16;

struct PhotoSize {  // px
  int width = 0, height = 0;
  std::string Text() const { return StrCat(width, "x", height); }
};

// Returns the photo's size divided by DatasetOptions::downscale, and then brought below max_image_size; each side is
// rounded. `stored` is the size of the pixels as the model sees them. Throws splat::Error with the option and the
// photo's name where less than kMinSide_px a side would be left.
PhotoSize TrainingSize(const std::string& photo, const PhotoSize& stored, const DatasetOptions& options);

}  // namespace splat::data
