// Errors as images for people.
#pragma once

#include "core/image.h"

namespace splat::quality {

// Colours of a map of errors 0..1 [H, W]: black for none, then violet, red and orange to a light yellow for 1.
Image8 ErrorColors(const ImageF& map);

// Photo, render and the colours of their FLIP error, from left to right, in one image. Where the weight is 0 the error
// is shown as none; weights may be empty. Throws as FlipMap does.
Image8 ComparisonImage(const Image8& photo, const Image8& render, const Image8& weights);

}  // namespace splat::quality
