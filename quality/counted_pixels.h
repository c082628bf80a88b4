// This header decides which pixels of two images are compared: all, or those that the photo's weights count.
#pragma once

#include "core/image.h"

namespace splat::quality {

// Throws splat::Error for images that are empty or differ in size or channels, and for weights [H, W] that have another
// size or count no pixel.
void CheckComparable(const Image8& photo, const Image8& render, const Image8& weights);

// Returns how many pixels count: the sum of the weights, / 255; all without weights.
double CountedPixels(const Image8& image, const Image8& weights);

// Returns how much a pixel counts, 0..1; 1 without weights.
double WeightOf(const Image8& weights, size_t pixel);

// These are two images prepared so that pixels that do not count have no effect.
struct ComparedImages {
  Image8 photo, render;
  Image8 weights;         // empty: all count in full
  int left = 0, top = 0;  // px, where they lie in the images that they are cropped from
};

// Crops both images to the box of the pixels that count. Within it the render takes the photo's values where the weight
// is 0, so that windows around other pixels see no difference there. Throws as CheckComparable does.
ComparedImages OnlyWhatCounts(const Image8& photo, const Image8& render, const Image8& weights);

// The mean of a map [H, W] by the weights, which may be empty.
double CountedMean(const ImageF& map, const Image8& weights);

}  // namespace splat::quality
