// The poses of the training photos are refined while the scene is trained, and with them focal lengths and distortions
// of their lenses: each camera and each lens is moved by Gauss-Newton steps (docs/math.md, section 14). The poses and
// focal lengths of the dataset stay what the source says; what moves is beside them.
#pragma once

#include <vector>

#include "data/dataset/dataset.h"
#include "rasterizer/torch/host_readback.h"
#include "train/learning_rates.h"
#include "train/lens_refinement.h"
#include "train/photo_motions.h"
#include "train/pose_step.h"
#include "train/schedule.h"
#include "train/settings/config.h"
#include "train/target.h"
#include "train/track_term.h"
#include "train/training_backend.h"

namespace splat::train {

// Whether poses, focal lengths or distortions are refined; refine may still be auto.
bool RefinesCameras(const PoseConfig& config);

// Returns motions that move nothing yet, for a training on the backend; none of what is not refined.
PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config);

// Returns the dataset with its cameras moved. There is a motion for each view, or none at all.
data::Dataset WithMotions(const data::Dataset& dataset, const std::vector<Twist>& motions);

// Returns the dataset with exp(changes[lens]) times the focal length of each view, those of the photo's lens and of its
// observations included: a photo shows the same, in other directions. There is a change for each lens, or none at all.
data::Dataset WithFocalChanges(const data::Dataset& dataset, const std::vector<double>& changes);

// The calls of a step: Place, PoseLossFor, and when its work is queued, Done. On a GPU what a step leaves is read while
// the next one is computed, or where the next step has the same view, before it. When as many steps as there are
// training cameras are done, what their motions have in common is taken out of them (train/pose_gauge.h): at the end of
// a step, because a loss may be used before the next camera is placed or after it.
//
// With PoseConfig::refine "auto" poses are judged once, after the first few moves of each camera: if the motions are
// those of right poses, it ends, and says so in the log. There are no motions then, all cameras are where the source
// has them, and further steps cost nothing.
class PoseRefinement {
 public:
  // The dataset, whose lenses have the distortions of the motions (train/present_dataset.h), and `motions`, those of
  // FirstMotions or of the training that goes on, outlive the object. Throws splat::Error where they do not fit.
  PoseRefinement(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config, int steps,
                 PhotoMotions& motions, LogSink log);

  // Moves the camera of a target, which has that of the dataset.
  void Place(Target& target);
  // Returns where on the device the step must leave the loss of its pose; null if this camera does not move in this
  // step.
  double* PoseLossFor(int view, int step);
  // By which numbers of the camera it must leave the curvature: PoseCurvatureParams::numbers.
  int CurvatureNumbers(int step) const { return lenses_.CurvatureNumbers(step); }
  void Done(int view, int step);
  // Returns the logarithm of how much the scene is to grow about its origin because lenses have changed since the last
  // call.
  double TakeGrowth() { return lenses_.TakeGrowth(); }
  // Returns the lenses whose distortion has changed since the last call: their views in the dataset are to change.
  std::vector<int> TakeDistortedLenses() { return lenses_.TakeDistortedLenses(); }
  // Uses what is left, so that all cameras are where the steps so far put them.
  void Settle();

 private:
  bool Moves(int view, int step) const;
  // Whether each camera may have moved once more since the last time, or the last one has.
  bool IsTimeToCenter(int step) const;
  void QueueLoss();
  // Gives the camera of a view, of whatever size, the motion and the focal length of the view.
  void Change(int view, Camera& camera) const;
  Camera CameraOf(int view) const;
  void UsePhoto(int view, PoseLoss photo);
  void Center();
  // Returns the angle of a pixel of the view, radians.
  double Pixel(int view) const;
  void EndIfRight();

  Backend backend_;
  const data::Dataset& dataset_;
  TrackTerm tracks_;
  PoseWindow window_;
  bool ends_where_right_;
  LogSink log_;
  MotionLimits limits_ = UsualLimits();
  std::vector<int> training_;  // the views that move; none where nothing is refined
  std::vector<Rigid3> poses_;  // of these, as the source has them
  PhotoMotions& motions_;
  LensRefinement lenses_;
  HostReadback loss_;
};

}  // namespace splat::train
