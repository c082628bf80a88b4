// This term adds the points of structure from motion to the loss of a camera's pose: each is to be seen where the photo
// shows it (docs/math.md, section 14).
#pragma once

#include <vector>

#include "data/dataset/dataset.h"
#include "train/pose_loss.h"

namespace splat::train {

// This is the loss of a pose by the points that its photo sees, and how it changes.
struct TrackLoss : PoseLoss {
  double value = 0;
};

class TrackTerm {
 public:
  // `weight` is that of each observation in the loss. The dataset outlives the term.
  TrackTerm(const data::Dataset& dataset, double weight) : dataset_(dataset), weight_(weight) {}

  // Whether the view sees enough of the points to be held by them: a dozen, spread over a tenth of both sides.
  bool Supports(int view) const;
  // weight x the sum of Huber's function, with its bend at 1 px of a photo whose longer side is 1600 px, over the
  // distances between where the view's observations are and where a camera with this pose, and with exp(focal_change)
  // times the focal length of the view's, sees the points. Its matrix is that of squares with the weights that give
  // Huber's gradient. Points stay where they are. Those that lie behind the camera are left out.
  TrackLoss At(int view, const Rigid3& camera_from_world, double focal_change = 0) const;

 private:
  const data::Dataset& dataset_;
  double weight_;
};

}  // namespace splat::train
