// This header draws errors as images for people.
#pragma once

#include "core/image.h"

namespace splat::quality {

// Colours of a map of errors 0..1 [H, W]: black for none, then violet, red and orange to a light yellow for 1.
Image8 ErrorColors(const ImageF& map);

// Photo, render and the colours of their FLIP error, from left to right, in one image. The errors are those that Flip
// takes the mean of: where the weight is 0 there is none, and pixels around see none there. Weights may be empty.
// Throws as Flip does.
Image8 ComparisonImage(const Image8& photo, const Image8& render, const Image8& weights);

}  // namespace splat::quality
