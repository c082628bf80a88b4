#include "train/pose_refinement.h"

#include <algorithm>
#include <cmath>
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

}  // namespace

bool RefinesCameras(const PoseConfig& config) {
  return config.refine != "off" || config.focal != "off" || config.distortion != "off";
}

PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config) {
  PhotoMotions motions;
  if (!RefinesCameras(config)) return motions;
  if (config.refine != "off") motions.views.resize(dataset.views.size());
  if (config.focal == "on") motions.lenses.resize(data::LensCount(dataset.views));
  if (config.distortion == "on") motions.distortions.resize(data::LensCount(dataset.views));
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
      lenses_(dataset, config, steps, motions),
      loss_(backend.device, kLossBytes) {
  const size_t expected = config.refine == "off" ? 0 : dataset.views.size();
  const bool has_ended = ends_where_right_ && motions.views.empty();
  if (!has_ended)
    CheckMotionCount("--refine-poses", config.refine, motions.views.size(), expected, "motions of cameras");
  if (motions.views.empty() && !lenses_.refines()) return;
  training_ = dataset.ViewsOf(Split::kTrain);
  for (const int view : training_) poses_.push_back(dataset.views[size_t(view)].camera.camera_from_world);
  if (motions_.loss_view >= 0) QueueLoss();
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
  const double factor = std::exp(lenses_.FocalChange(view));
  if (factor == 1) return;
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
    motions_.of_distortion = lenses_.DistortionAt(step) != DistortionStep::kNone;
    if (!backend_.is_device) Settle();
  }
  if (lenses_.DistortionAt(step) == DistortionStep::kChange) {
    Settle();  // the loss of the lens as it was
    lenses_.Distort();
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
  if (!lenses_.refines()) training_.clear();
}

void PoseRefinement::Settle() {
  const int view = motions_.loss_view;
  if (view < 0) return;
  UsePhoto(view, PoseLossOf(static_cast<const double*>(loss_.Wait())));
  motions_.loss_view = -1;
}

void PoseRefinement::UsePhoto(int view, PoseLoss photo) {
  if (!motions_.of_distortion) photo.matrix[kRadialNumber] = {};  // left by an earlier step
  const bool moves_pose = !motions_.views.empty();
  const Rigid3 pose = CameraOf(view).camera_from_world;
  PoseLoss points;
  if (tracks_.Supports(view)) points = tracks_.At(view, pose, lenses_.FocalChange(view));
  const double prior = moves_pose ? PriorOfAll(motions_.views, training_, limits_.scene, Pixel(view)) : 0;
  if (lenses_.Moves(view)) {
    LensLoss loss = LensLossAt(pose, photo, points);
    if (moves_pose) {
      const Twist& motion = motions_.views[size_t(view)];
      EliminatePose(EquationsOf(motion, photo, points, limits_.scene, prior), pose, photo, points, limits_.scene, loss);
    }
    lenses_.Use(view, loss, motions_.of_distortion);
  }
  if (moves_pose) Move(motions_.views[size_t(view)], photo, limits_, prior, points);
}

void PoseRefinement::Center() {
  std::vector<Twist> motions;
  motions.reserve(training_.size());
  for (const int view : training_) motions.push_back(motions_.views[size_t(view)]);
  CenterMotions(poses_, limits_.scene, motions);
  for (size_t i = 0; i < training_.size(); ++i) motions_.views[size_t(training_[i])] = motions[i];
}

}  // namespace splat::train
