#include "train/pose_refinement.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/lens_groups.h"
#include "data/photos/focal_factor.h"
#include "rasterizer/torch/torch_device.h"
#include "train/pose_gauge.h"

namespace splat::train {
namespace {

constexpr size_t kLossBytes = size_t(kPoseLossNumbers) * sizeof(double);
// Moves of each camera after which auto judges, and the root mean square of motions that are those of right poses.
constexpr int kMovesToJudge = 6;
constexpr double kRightMotion_px = 0.03;

void CheckCount(const char* option, const std::string& value, size_t actual, size_t expected, const char* what) {
  SPLAT_CHECK(actual == expected, option, " ", value, ": the training that goes on has ", actual, " ", what, ", not ",
              expected, "; go on with the photos and the option that it began with, or begin anew");
}

}  // namespace

bool RefinesCameras(const PoseConfig& config) {
  return config.refine != "off" || config.focal != "off";
}

PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config) {
  PhotoMotions motions;
  if (!RefinesCameras(config)) return motions;
  if (config.refine != "off") motions.views.resize(dataset.views.size());
  if (config.focal == "on") motions.lenses.resize(data::LensCount(dataset.views));
  motions.loss = PoseLossOn(backend.device);
  return motions;
}

data::Dataset WithMotions(const data::Dataset& dataset, const std::vector<Twist>& motions) {
  data::Dataset moved = dataset;
  SPLAT_CHECK(motions.empty() || motions.size() == moved.views.size(), motions.size(), " motions for ",
              moved.views.size(), " cameras");
  for (size_t i = 0; i < motions.size(); ++i) {
    Rigid3& pose = moved.views[i].camera.camera_from_world;
    pose = Compose(ExpTwist(motions[i]), pose);
  }
  return moved;
}

data::Dataset WithFocalChanges(const data::Dataset& dataset, const std::vector<double>& changes) {
  data::Dataset changed = dataset;
  if (changes.empty()) return changed;
  for (data::View& view : changed.views) {
    const double factor = std::exp(changes.at(size_t(view.lens)));
    if (factor == 1) continue;
    view.camera.fx *= factor;
    view.camera.fy *= factor;
    view.intrinsics = data::WithFocalFactor(view.intrinsics, factor);
    for (data::Observation& observation : view.observations) {
      observation.x /= factor;
      observation.y /= factor;
    }
  }
  return changed;
}

PoseRefinement::PoseRefinement(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config,
                               int steps, PhotoMotions& motions, LogSink log)
    : backend_(backend),
      dataset_(dataset),
      tracks_(dataset, config.track_weight),
      window_(PoseWindowOf(config, steps)),
      ends_where_right_(config.refine == "auto"),
      log_(std::move(log)),
      motions_(motions),
      loss_(backend.device, kLossBytes) {
  const bool focal = config.focal == "on";
  const size_t expected = config.refine == "off" ? 0 : dataset.views.size();
  const bool has_ended = ends_where_right_ && motions.views.empty();
  if (!has_ended) CheckCount("--refine-poses", config.refine, motions.views.size(), expected, "motions of cameras");
  CheckCount("--refine-focal", config.focal, motions.lenses.size(), focal ? data::LensCount(dataset.views) : 0,
             "focal lengths");
  if (motions.views.empty() && !focal) return;
  training_ = dataset.ViewsOf(Split::kTrain);
  for (const int view : training_) poses_.push_back(dataset.views[size_t(view)].camera.camera_from_world);
  if (focal) CountPhotosOfLenses();
  if (motions_.loss_view >= 0) QueueLoss();
}

void PoseRefinement::CountPhotosOfLenses() {
  photos_of_lens_.resize(motions_.lenses.size());
  for (const int view : training_) ++photos_of_lens_[LensOf(view)];
  for (const data::View& view : dataset_.views) {
    if (!data::TakesFocalFactor(view.intrinsics.model)) photos_of_lens_[size_t(view.lens)] = 0;
  }
}

size_t PoseRefinement::LensOf(int view) const {
  return size_t(dataset_.views[size_t(view)].lens);
}

Camera PoseRefinement::CameraOf(int view) const {
  Camera camera = dataset_.views[size_t(view)].camera;
  Change(view, camera);
  return camera;
}

void PoseRefinement::Change(int view, Camera& camera) const {
  if (!motions_.views.empty()) {
    camera.camera_from_world = Compose(ExpTwist(motions_.views[size_t(view)]), camera.camera_from_world);
  }
  if (motions_.lenses.empty()) return;
  const double factor = std::exp(motions_.lenses[LensOf(view)].change);
  camera.fx *= factor;
  camera.fy *= factor;
}

void PoseRefinement::QueueLoss() {
  const StageScope scope(backend_.device);
  loss_.Queue(scope.context(), motions_.loss.data_ptr());
}

bool PoseRefinement::Moves(int view, int step) const {
  return !training_.empty() && view >= 0 && window_.Contains(step);
}

bool PoseRefinement::IsTimeToCenter(int step) const {
  if (training_.empty()) return false;
  // On a GPU the loss of the last step that moves a camera is used in the step after it.
  if (!window_.Contains(step)) return backend_.is_device && window_.Contains(step - 1);
  return (step - window_.from) % int(training_.size()) == 0 || !window_.Contains(step + 1);
}

void PoseRefinement::Place(Target& target) {
  if (training_.empty() || target.view < 0) return;
  if (motions_.loss_view == target.view) Settle();
  Change(target.view, target.camera);
}

double* PoseRefinement::PoseLossFor(int view, int step) {
  return Moves(view, step) ? motions_.loss.data_ptr<double>() : nullptr;
}

void PoseRefinement::Done(int view, int step) {
  Settle();
  if (Moves(view, step)) {
    QueueLoss();
    motions_.loss_view = view;
    if (!backend_.is_device) Settle();
  }
  if (motions_.views.empty() || !IsTimeToCenter(step)) return;
  Center();
  if (ends_where_right_ && step == window_.from + kMovesToJudge * int(training_.size())) EndIfRight();
}

double PoseRefinement::Pixel(int view) const {
  const Camera& camera = dataset_.views[size_t(view)].camera;
  return 2 / (camera.fx + camera.fy);
}

void PoseRefinement::EndIfRight() {
  Settle();
  double finest = Pixel(training_.front());
  for (const int view : training_) finest = std::min(finest, Pixel(view));
  const double motion_px = RootMeanSquare(motions_.views, training_, limits_.scene) / finest;
  const bool right = motion_px <= kRightMotion_px;
  LogInfo(log_, StrCat("--refine-poses auto: ", kMovesToJudge, " moves of each camera come to ",
                       FormatFixed(motion_px, 2), " px; ", right ? "the poses are right, off" : "on to the end"));
  if (!right) return;
  motions_.views.clear();
  if (motions_.lenses.empty()) training_.clear();
}

void PoseRefinement::Settle() {
  const int view = motions_.loss_view;
  if (view < 0) return;
  UsePhoto(view, PoseLossOf(static_cast<const double*>(loss_.Wait())));
  motions_.loss_view = -1;
}

void PoseRefinement::UsePhoto(int view, const PoseLoss& photo) {
  const bool moves_pose = !motions_.views.empty();
  const bool moves_focal = !motions_.lenses.empty() && photos_of_lens_[LensOf(view)] > 0;
  const Rigid3 pose = CameraOf(view).camera_from_world;
  PoseLoss points;
  if (tracks_.Supports(view)) {
    points = tracks_.At(view, pose, motions_.lenses.empty() ? 0 : motions_.lenses[LensOf(view)].change);
  }
  const double prior = moves_pose ? PriorOfAll(motions_.views, training_, limits_.scene, Pixel(view)) : 0;
  if (moves_focal) {
    FocalLoss loss = FocalLossAt(pose, photo, points);
    if (moves_pose) {
      const Twist& motion = motions_.views[size_t(view)];
      EliminatePose(EquationsOf(motion, photo, points, limits_.scene, prior), pose, photo, points, limits_.scene, loss);
    }
    Add(loss, motions_.lenses[LensOf(view)]);
  }
  if (moves_pose) Move(motions_.views[size_t(view)], photo, limits_, prior, points);
  if (moves_focal) MoveLens(view);
}

void PoseRefinement::MoveLens(int view) {
  LensFocal& lens = motions_.lenses[LensOf(view)];
  const int photos = photos_of_lens_[LensOf(view)];
  if (lens.photos < std::min(photos, kPhotosOfFocalStep)) return;
  const Camera& camera = dataset_.views[size_t(view)].camera;
  growth_ += MoveFocal(lens, double(photos) / double(training_.size()), std::max(camera.width, camera.height));
}

double PoseRefinement::TakeGrowth() {
  const double growth = growth_;
  growth_ = 0;
  return growth;
}

void PoseRefinement::Center() {
  std::vector<Twist> motions;
  motions.reserve(training_.size());
  for (const int view : training_) motions.push_back(motions_.views[size_t(view)]);
  CenterMotions(poses_, limits_.scene, motions);
  for (size_t i = 0; i < training_.size(); ++i) motions_.views[size_t(training_[i])] = motions[i];
}

}  // namespace splat::train
