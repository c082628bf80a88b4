#include "train/lens_refinement.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "data/dataset/lens_groups.h"
#include "data/photos/focal_factor.h"

namespace splat::train {
LensRefinement::LensRefinement(const data::Dataset& dataset, const PoseConfig& config, int steps, PhotoMotions& motions)
    : dataset_(dataset),
      motions_(motions),
      window_(DistortionWindowOf(config, steps)),
      focal_(config.focal == "on"),
      distortion_(config.distortion == "on") {
  const size_t lenses = data::LensCount(dataset.views);
  CheckMotionCount("--refine-focal", config.focal, motions.lenses.size(), focal_ ? lenses : 0, "focal lengths");
  CheckMotionCount("--refine-distortion", config.distortion, motions.distortions.size(), distortion_ ? lenses : 0,
                   "distortions");
  if (!refines()) return;
  photos_.resize(lenses);
  examples_.resize(lenses);
  for (const int view : dataset.ViewsOf(Split::kTrain)) {
    ++photos_[LensOf(view)];
    ++training_photos_;
  }
  for (size_t view = dataset.views.size(); view-- > 0;) {
    const size_t lens = LensOf(int(view));
    examples_[lens] = int(view);
    if (!data::TakesFocalFactor(dataset.views[view].intrinsics.model)) photos_[lens] = 0;
  }
}

DistortionStep LensRefinement::DistortionAt(int step) const {
  return distortion_ ? DistortionStepAt(window_, step, training_photos_) : DistortionStep::kNone;
}

int LensRefinement::CurvatureNumbers(int step) const {
  if (DistortionAt(step) != DistortionStep::kNone) return kCameraNumbers;
  return focal_ ? kMotionNumbers + 1 : kMotionNumbers;
}

bool LensRefinement::Moves(int view) const {
  return refines() && photos_[LensOf(view)] > 0;
}

double LensRefinement::FocalChange(int view) const {
  return focal_ ? motions_.lenses[LensOf(view)].change : 0;
}

double LensRefinement::ShareOf(size_t lens) const {
  return double(photos_[lens]) / double(training_photos_);
}

void LensRefinement::Use(int view, const LensLoss& loss, bool of_distortion) {
  const size_t number = LensOf(view);
  if (of_distortion) {
    LensDistortion& lens = motions_.distortions[number];
    if (Add(loss, lens.loss)) ++lens.photos;
  }
  if (!focal_) return;
  LensFocal& lens = motions_.lenses[number];
  if (Add(loss, lens.loss)) ++lens.photos;
  if (lens.photos < std::min(photos_[number], kPhotosOfFocalStep)) return;
  const Camera& camera = dataset_.views[size_t(view)].camera;
  growth_ += MoveFocal(lens, ShareOf(number), std::max(camera.width, camera.height));
}

void LensRefinement::Distort() {
  for (size_t number = 0; number < motions_.distortions.size(); ++number) {
    LensDistortion& lens = motions_.distortions[number];
    const double before = lens.change;
    const DistortionStepInput input = {ShareOf(number), RadialReachOf(dataset_.views[size_t(examples_[number])].camera),
                                       focal_};
    const LensResponse response = MoveDistortion(lens, input);
    if (lens.change == before) continue;
    distorted_.push_back(int(number));
    growth_ += response.growth;
    if (!focal_) continue;
    double& focal = motions_.lenses[number].change;
    focal = std::clamp(focal + response.focal, -kMostFocalChange, kMostFocalChange);
  }
}

double LensRefinement::TakeGrowth() {
  return std::exchange(growth_, 0);
}

std::vector<int> LensRefinement::TakeDistortedLenses() {
  return std::exchange(distorted_, {});
}

}  // namespace splat::train
