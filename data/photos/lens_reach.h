// The reach of a lens is how much of an image its distortion leaves, which tells lenses from wrong numbers.
#pragma once

#include "data/photos/camera_model.h"

namespace splat::data {

struct LensReach {
  // The least share, 0 to 1, of the way from the principal point to the image's edge at whose end the model still has
  // an inverse. Less than 1: the model folds back on itself inside of the image. Rays of more than 60 degrees off the
  // axis, to which photos are cropped, do not count as folded.
  double unfolded = 1;
  // Largest factors by which the model moves a point of the edge away from the principal point, and towards it,
  // compared with a pinhole camera of the same focal length. Both are at least 1. A fisheye lens, too, has no more than
  // 2 of the latter within 60 degrees.
  double outwards = 1, inwards = 1;
};

// Returns the reach from a few points of the image's edge. Throws splat::Error if the model is not supported.
LensReach ReachOf(const Intrinsics& intrinsics);

}  // namespace splat::data
