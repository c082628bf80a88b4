// This header computes the step that changes the focal length of a lens: a Gauss-Newton step with a prior and caps, by
// what several photos say after their poses and the size of the scene have been eliminated (docs/math.md, section 14).
#pragma once

#include "train/lens_loss.h"

namespace splat::train {

// The focal length of one lens. It is plain data.
struct LensFocal {
  double change = 0;  // its photos have exp(change) times the focal length that the source says
  // These are of the photos that have been looked at since its last step.
  LensLoss loss;  // summed
  int photos = 0;
};

constexpr int kPhotosOfFocalStep = 8;  // a lens makes a step when so many photos have been looked at
// A step of a lens is not larger than kMostFocalStep, and all together are not larger than kMostFocalChange.
constexpr double kMostFocalStep = 0.005, kMostFocalChange = 0.05;

// Makes a damped step on the focal length and forgets the loss that it was made by. `share` is that of the lens's
// photos in all photos of the training, and `side` the longer side of a photo, px. The prior, which holds the source's
// focal length, is firm for changes that move no pixel by more than a tenth of one. Returns by how much (the logarithm)
// the scene is to grow with the change, so that the images of all photos change as little as they can.
double MoveFocal(LensFocal& lens, double share, double side);

}  // namespace splat::train
