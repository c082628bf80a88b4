// This header computes the step that changes the focal length of a lens: a Gauss-Newton step with a prior and caps, by
// what several photos say after their poses and the size of the scene have been eliminated (docs/math.md, section 14).
#pragma once

#include <array>

#include "core/positive_definite.h"
#include "core/rigid3.h"
#include "train/pose_loss.h"
#include "train/pose_step.h"

namespace splat::train {

// The loss of photos as a quadratic function of two small numbers: a further change of the logarithm of the focal
// length, and the logarithm of how much the scene grows about the origin of its frame.
struct FocalLoss {
  std::array<double, 2> gradient = {};
  SquareMatrix<2> matrix = {};  // the lower triangle is used
  double of_images = 0;         // the curvature by the focal length of the images alone, with all else as it is
};

// The focal length of one lens. It is plain data.
struct LensFocal {
  double change = 0;  // its photos have exp(change) times the focal length that the source says
  // These are of the photos that have been looked at since its last step.
  FocalLoss loss;  // summed
  int photos = 0;
};

// Returns the loss of a photo whose pose stays. The losses of PoseLoss are those of its camera, which has this
// camera_from_world: a scene that grows moves in the image as if the camera approached the origin. The points of
// structure from motion do not grow.
FocalLoss FocalLossAt(const Rigid3& camera_from_world, const PoseLoss& photo, const PoseLoss& points);
// Takes the pose out of the photo's loss: for each focal length and size of the scene it is where its own equations
// (EquationsOf of the same losses and scene) put it. Leaves the loss as it is where these have no solution.
void EliminatePose(const MotionEquations& equations, const Rigid3& camera_from_world, const PoseLoss& photo,
                   const PoseLoss& points, double scene, FocalLoss& loss);
// Adds the loss of a photo to that of its lens. A loss that is not finite, or of an image that no focal length changes,
// is left out.
void Add(const FocalLoss& photo, LensFocal& lens);

constexpr int kPhotosOfFocalStep = 8;  // a lens makes a step when so many photos have been looked at
// A step of a lens is not larger than kMostFocalStep, and all together are not larger than kMostFocalChange.
constexpr double kMostFocalStep = 0.005, kMostFocalChange = 0.05;

// Makes a damped step on the focal length and forgets the loss that it was made by. `share` is that of the lens's
// photos in all photos of the training, and `side` the longer side of a photo, px. The prior, which holds the source's
// focal length, is firm for changes that move no pixel by more than a tenth of one. Returns by how much (the logarithm)
// the scene is to grow with the change, so that the images of all photos change as little as they can.
double MoveFocal(LensFocal& lens, double share, double side);

}  // namespace splat::train
