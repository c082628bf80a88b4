// The poses of the training photos are refined while the scene is trained: each camera is moved by Gauss-Newton steps
// (docs/math.md, section 14). The poses of the dataset stay what the source says; what moves is beside them.
#pragma once

#include <vector>

#include "data/dataset/dataset.h"
#include "rasterizer/torch/host_readback.h"
#include "train/learning_rates.h"
#include "train/photo_motions.h"
#include "train/pose_step.h"
#include "train/schedule.h"
#include "train/settings/config.h"
#include "train/target.h"
#include "train/track_term.h"
#include "train/training_backend.h"

namespace splat::train {

// Returns motions that move nothing yet, for a training on the backend; none if poses are not refined.
PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config);

// Returns the dataset with its cameras moved. There is a motion for each view, or none at all.
data::Dataset WithMotions(const data::Dataset& dataset, const std::vector<Twist>& motions);

// The calls of a step: Place, PoseLossFor, and when its work is queued, Done. On a GPU what a step leaves is read while
// the next one is computed, or where the next step has the same view, before it. When as many steps as there are
// training cameras are done, what their motions have in common is taken out of them (train/pose_gauge.h): at the end of
// a step, because a loss may be used before the next camera is placed or after it.
//
// With PoseConfig::refine "auto" it ends early if the motions, after the first few of each camera, are those of poses
// that are right, which the prior holds firmly (PriorOfAll): there are no motions then, all cameras are where the
// source has them, and further steps cost nothing.
class PoseRefinement {
 public:
  // The dataset and `motions`, those of FirstMotions or of the training that goes on, outlive the object. Throws
  // splat::Error where they do not fit.
  PoseRefinement(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config, int steps,
                 PhotoMotions& motions, LogSink log);

  // Moves the camera of a target, which has that of the dataset.
  void Place(Target& target);
  // Returns where on the device the step must leave the loss of its pose; null if this camera does not move in this
  // step.
  double* PoseLossFor(int view, int step);
  void Done(int view, int step);
  // Uses what is left, so that all cameras are where the steps so far put them.
  void Settle();

 private:
  bool Moves(int view, int step) const;
  // Whether each camera may have moved once more since the last time, or the last one has.
  bool IsTimeToCenter(int step) const;
  void QueueLoss();
  void Center();
  double Prior(int view) const;
  void EndIfRight();

  Backend backend_;
  const data::Dataset& dataset_;
  TrackTerm tracks_;
  PoseWindow window_;
  bool ends_where_right_;
  LogSink log_;
  MotionLimits limits_ = UsualLimits();
  std::vector<int> training_;  // the views that move; none where poses are not refined
  std::vector<Rigid3> poses_;  // of these, as the source has them
  PhotoMotions& motions_;
  HostReadback loss_;
};

}  // namespace splat::train
