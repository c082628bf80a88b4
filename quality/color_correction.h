// A colour correction is fitted to a render and its photo before the two are compared: it takes away the difference in
// exposure and white balance of that one photo, and nothing that depends on the place (docs/evaluation.md).
#pragma once

#include <string>
#include <vector>

#include "core/image.h"

namespace splat::quality {

struct Correction {
  const char* name;         // as evaluation.json has it: "affine"
  const char* title;        // for people
  const char* description;  // what exactly is done, in one sentence
  // Returns the corrected render, rounded to 8 bits. Both images have the same size and 3 channels; weights [H, W] say
  // what each pixel counts in the fit and may be empty. Throws splat::Error for others.
  Image8 (*correct)(const Image8& photo, const Image8& render, const Image8& weights);
};

// The table: a further correction is a row.
const std::vector<Correction>& Corrections();

// Throws splat::Error for a name that is none.
const Correction& CorrectionNamed(const std::string& name);

// Fits render = a photo + b in each channel by least squares, and returns (render - b) / a, clipped to 0..1. A channel
// for which nothing can be fitted, such as a flat one, keeps its values.
Image8 AffineCorrected(const Image8& photo, const Image8& render, const Image8& weights);

// Fits each channel of the photo by a quadratic polynomial of the render's three channels, five times, each time to
// what the last one gave, over pixels that are not at the ends of the range in the render, its estimate and the photo.
Image8 QuadraticCorrected(const Image8& photo, const Image8& render, const Image8& weights);

}  // namespace splat::quality
