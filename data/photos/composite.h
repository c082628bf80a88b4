// This header decides what stands behind the transparent parts of photos.
#pragma once

#include "core/image.h"

namespace splat::data {

// This says how transparency is used.
enum class AlphaUse {
  kBackground,  // the photo is composited on the background
  kIgnore,      // the colours alone count
  kMask,        // what is transparent does not count
};

// Composites an image with 4 channels on a background (0..1 per channel); 3 channels pass through.
Image8 CompositeOnBackground(const Image8& image, const float background[3]);

// Whether an image has 4 channels and not the least opacity anywhere.
bool IsTransparentEverywhere(const Image8& image);

// The colours of an image with 4 channels, whatever its transparency; 3 channels pass through.
Image8 WithoutAlpha(const Image8& image);

}  // namespace splat::data
