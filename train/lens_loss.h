// The loss of a lens's photos is modelled here as a quadratic function of what may change with the lens, after the
// poses of the photos have been eliminated (docs/math.md, section 14).
#pragma once

#include <array>

#include "core/positive_definite.h"
#include "core/rigid3.h"
#include "train/pose_loss.h"
#include "train/pose_step.h"

namespace splat::train {

// The small numbers that the loss is a function of: a further change of the logarithm of the focal length, a further
// radial distortion, and the logarithm of how much the scene grows about the origin of its frame.
constexpr size_t kFocalOfLens = 0, kRadialOfLens = 1, kGrowthOfLens = 2, kLensNumbers = 3;

// It is plain data.
struct LensLoss {
  std::array<double, kLensNumbers> gradient = {};
  SquareMatrix<kLensNumbers> matrix = {};  // the lower triangle is used
  double of_images = 0;                    // the curvature by the focal length of the images alone, all else as it is
};

// Returns the loss of a photo whose pose stays. The losses of PoseLoss are those of its camera, which has this
// camera_from_world: a scene that grows moves in the image as if the camera approached the origin. The points of
// structure from motion do not grow.
LensLoss LensLossAt(const Rigid3& camera_from_world, const PoseLoss& photo, const PoseLoss& points);
// Takes the pose out of the photo's loss: for each lens and size of the scene it is where its own equations
// (EquationsOf of the same losses and scene) put it. Leaves the loss as it is where these have no solution.
void EliminatePose(const MotionEquations& equations, const Rigid3& camera_from_world, const PoseLoss& photo,
                   const PoseLoss& points, double scene, LensLoss& loss);
// Adds the loss of a photo to the sum. Returns false, and adds nothing, if it is not finite or of an image that no lens
// changes.
bool Add(const LensLoss& photo, LensLoss& sum);

// Returns the curvature by the growth of the scene that steps use: `share` is that of the lens's photos in all photos
// of the training, which look at the scene as well, and it is kept from vanishing where cameras look away from each
// other.
double GrowthCurvature(const LensLoss& loss, double share);

}  // namespace splat::train
