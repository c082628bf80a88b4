// The transparency of photos: what stands behind them.
#pragma once

#include "core/image.h"

namespace splat::data {

// Composites an image with 4 channels on a background (0..1 per channel); 3 channels pass through.
Image8 CompositeOnBackground(const Image8& image, const float background[3]);

}  // namespace splat::data
