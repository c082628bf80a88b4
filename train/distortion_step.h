// This header computes the step that changes the radial distortion of a lens: a Gauss-Newton step with thresholds and
// caps, by what all photos of the lens say after their poses, the focal length and the size of the scene have been
// eliminated (docs/math.md, section 14).
#pragma once

#include "core/camera.h"
#include "train/lens_loss.h"

namespace splat::train {

// The radial distortion of one lens. It is plain data.
struct LensDistortion {
  double change = 0;  // of the coefficient k1 that the source says (data::WithRadialChange)
  double step = 0;    // the last one
  double share = 1;   // of a whole step that the next one takes: half as much after each turn, but a fourth at least
  // These are of the photos that have been looked at since the change was decided on last.
  LensLoss loss;  // summed
  int photos = 0;
};

// All changes of a training together move the corner of an image by at most kMostRadialChange of its distance from the
// principal point, and each by at most kMostRadialStep. Chosen by hand: lenses with more have been calibrated.
constexpr double kMostRadialStep = 0.02, kMostRadialChange = 0.05;

// What a distortion does to the photos of a lens.
struct RadialReach {
  double radius = 1;     // of the image's farthest corner from the principal point, in units of the focal length
  double corner_px = 1;  // how far a distortion of 1 moves it, px
};
RadialReach RadialReachOf(const Camera& camera);

// What a step is made for.
struct DistortionStepInput {
  double share = 1;            // of the lens's photos in all photos of the training
  RadialReach reach;           // of a photo
  bool focal_follows = false;  // the lens's focal length is refined, too
};

// How other things follow the step.
struct LensResponse {
  double focal = 0;   // the change of the logarithm of the focal length
  double growth = 0;  // of the logarithm of the scene's size
};

// Makes a step on the distortion and forgets the loss that it was made by. A lens is taken to be right, and gets the
// source's distortion, if its photos ask for a change in all that moves no pixel by a fifth of one; a step that would
// move none by a tenth is not made. All photos would be undistorted anew for it. Returns what follows: the images of
// all photos change as little as they can.
LensResponse MoveDistortion(LensDistortion& lens, const DistortionStepInput& input);

}  // namespace splat::train
