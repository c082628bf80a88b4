#include "train/pose_refinement.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "rasterizer/torch/torch_device.h"
#include "train/pose_gauge.h"

namespace splat::train {
namespace {

constexpr size_t kLossBytes = size_t(kPoseLossNumbers) * sizeof(double);
// Moves of each camera after which auto judges: poses that are off by 0.13 px or more have moved by more than those
// that are right by then.
constexpr int kMovesToJudge = 3;

}  // namespace

PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config) {
  PhotoMotions motions;
  if (config.refine == "off") return motions;
  motions.views.resize(dataset.views.size());
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
  const size_t expected = config.refine == "off" ? 0 : dataset.views.size();
  const bool has_ended = ends_where_right_ && motions.views.empty();
  SPLAT_CHECK(motions.views.size() == expected || has_ended, "--refine-poses ", config.refine,
              ": the training that goes on has motions of ", motions.views.size(), " cameras, not of ", expected,
              "; go on with the photos and the option that it began with, or begin anew");
  if (motions.views.empty()) return;
  training_ = dataset.ViewsOf(Split::kTrain);
  for (const int view : training_) poses_.push_back(dataset.views[size_t(view)].camera.camera_from_world);
  if (motions_.loss_view >= 0) QueueLoss();
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
  Rigid3& pose = target.camera.camera_from_world;
  pose = Compose(ExpTwist(motions_.views[size_t(target.view)]), pose);
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
  if (!IsTimeToCenter(step)) return;
  Center();
  if (ends_where_right_ && step == window_.from + kMovesToJudge * int(training_.size())) EndIfRight();
}

double PoseRefinement::Prior(int view) const {
  const Camera& camera = dataset_.views[size_t(view)].camera;
  return PriorOfAll(motions_.views, training_, limits_.scene, 2 / (camera.fx + camera.fy));
}

void PoseRefinement::EndIfRight() {
  Settle();
  const bool all_held =
      std::all_of(training_.begin(), training_.end(), [&](int view) { return Prior(view) >= kLargestPrior; });
  if (!all_held) return;
  LogInfo(log_,
          StrCat("--refine-poses auto: ", kMovesToJudge, " moves of each camera show that the poses are right; off"));
  motions_.views.clear();
  training_.clear();
}

void PoseRefinement::Settle() {
  const int view = motions_.loss_view;
  if (view < 0) return;
  const PoseLoss photo = PoseLossOf(static_cast<const double*>(loss_.Wait()));
  Twist& motion = motions_.views[size_t(view)];
  const Camera& camera = dataset_.views[size_t(view)].camera;
  PoseLoss points;
  if (tracks_.Supports(view)) points = tracks_.At(view, Compose(ExpTwist(motion), camera.camera_from_world));
  Move(motion, photo, limits_, Prior(view), points);
  motions_.loss_view = -1;
}

void PoseRefinement::Center() {
  std::vector<Twist> motions;
  motions.reserve(training_.size());
  for (const int view : training_) motions.push_back(motions_.views[size_t(view)]);
  CenterMotions(poses_, limits_.scene, motions);
  for (size_t i = 0; i < training_.size(); ++i) motions_.views[size_t(training_[i])] = motions[i];
}

}  // namespace splat::train
