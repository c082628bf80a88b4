// This header computes the step that moves the camera of a photo: a Gauss-Newton step with a prior and caps
// (docs/math.md, section 14).
#pragma once

#include <vector>

#include "core/twist.h"
#include "train/pose_loss.h"

namespace splat::train {

// A step is this share of the whole one, for the scene moves as well; chosen by measurement.
constexpr double kStepShare = 0.4;

// Caps of a motion in shares of `scene` and in radians, of an update and of all together.
struct MotionLimits {
  double step_share, step_angle, share, angle, scene;
};
// Returns the values of LichtFeld Studio: 0.3 % and 0.25 degrees, 3 % and 3 degrees. The scene's length is the cameras'
// distance from what they look at (data::kAlignedDistance).
MotionLimits UsualLimits();

// A step of a motion solves matrix x step = downhill, with lengths in shares of the scene and angles in radians.
struct MotionEquations {
  SquareMatrix<kMotionNumbers> matrix = {};  // the lower triangle is used
  Twist downhill = {};
};
// What a number of a motion is multiplied by from there to scene units and radians: the scene's length, or 1.
constexpr double MotionUnit(size_t number, double scene) {
  return number < 3 ? scene : 1;
}
// Returns the equations of Move's whole step, without caps.
MotionEquations EquationsOf(const Twist& motion, const PoseLoss& photo, const PoseLoss& points, double scene,
                            double prior);

// Makes a damped step on the motion of a camera, whose camera_from_world = ExpTwist(motion) of the source's pose, in
// scene units and radians. The losses, of the photo and of structure from motion's points that it sees, are by a
// further motion of the moved camera, and the step is composed with the motion: no step is taken along the old camera's
// axes. The prior, which holds the source's pose, is `prior` x as firm as the photo's loss, whatever the points say. A
// gradient or a matrix that is not finite moves nothing, nor does a photo that no motion changes.
void Move(Twist& motion, const PoseLoss& photo, const MotionLimits& limits, double prior, const PoseLoss& points = {});

// The prior of a photo whose pose is fitted by itself.
constexpr double kPriorOfOne = 0.03;
// Returns the root of the mean square of the numbers of these views' motions, of which there is at least one: radians,
// and lengths in shares of `scene`.
double RootMeanSquare(const std::vector<Twist>& motions, const std::vector<int>& views, double scene);
// Returns the prior of photos whose poses are refined together; there is at least one. While the motions of these views
// are small, poses are taken to be right and held firmly; the larger the motions are, the less firmly. It is between
// 0.01 and 1. `pixel` is the angle of a pixel in radians.
double PriorOfAll(const std::vector<Twist>& motions, const std::vector<int>& views, double scene, double pixel);

}  // namespace splat::train
