// The focal lengths and the distortions of lenses are refined while the scene is trained: this class has the steps of
// the lenses, which are made by the losses of their photos (docs/math.md, section 14).
#pragma once

#include <vector>

#include "data/dataset/dataset.h"
#include "train/lens_loss.h"
#include "train/photo_motions.h"
#include "train/schedule.h"
#include "train/settings/config.h"

namespace splat::train {

class LensRefinement {
 public:
  // The dataset, whose lenses are those of the present (train/present_dataset.h), and `motions` outlive the object.
  // Throws splat::Error where they do not fit the config.
  LensRefinement(const data::Dataset& dataset, const PoseConfig& config, int steps, PhotoMotions& motions);

  // Whether any lens of the dataset may change.
  bool refines() const { return focal_ || distortion_; }
  // By which numbers of a camera a photo's loss has to be known in this step: PoseCurvatureParams::numbers.
  int CurvatureNumbers(int step) const;
  // Whether the loss of a view is of use.
  bool Moves(int view) const;
  // Returns the change of the logarithm of the focal length of a view.
  double FocalChange(int view) const;
  // Takes the loss of a photo, also for the distortion of its lens if that is looked at. When there are enough of them,
  // the focal length of the lens makes a step.
  void Use(int view, const LensLoss& loss, bool of_distortion);

  DistortionStep DistortionAt(int step) const;
  // Lets each lens make the step of its distortion.
  void Distort();

  // These return what has changed since their last call: the logarithm of how much the scene is to grow about its
  // origin, and the lenses whose photos have to be undistorted anew.
  double TakeGrowth();
  std::vector<int> TakeDistortedLenses();

 private:
  size_t LensOf(int view) const { return size_t(dataset_.views[size_t(view)].lens); }
  double ShareOf(size_t lens) const;

  const data::Dataset& dataset_;
  PhotoMotions& motions_;
  PoseWindow window_;
  bool focal_, distortion_;
  int training_photos_ = 0;
  std::vector<int> photos_, examples_;  // by lens: in training, 0: the lens stays; and one of its views
  double growth_ = 0;
  std::vector<int> distorted_;
};

}  // namespace splat::train
