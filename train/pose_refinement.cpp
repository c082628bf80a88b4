#include "train/pose_refinement.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

constexpr size_t kGradientBytes = size_t(kernels::kCameraMotionSize) * sizeof(double);

void CheckChosen(const PoseConfig& config) {
  SPLAT_CHECK(config.refine != "auto",
              "poses.refine auto: is to be chosen before a state is made (train/choose_poses.h)");
}

}  // namespace

PhotoMotions FirstMotions(const Backend& backend, const data::Dataset& dataset, const PoseConfig& config) {
  CheckChosen(config);
  PhotoMotions motions;
  if (config.refine == "off") return motions;
  motions.views.resize(dataset.views.size());
  motions.gradient = MotionGradientOn(backend.device);
  return motions;
}

std::vector<int> HeldViews(const data::Dataset& dataset) {
  const std::vector<int> training = dataset.ViewsOf(Split::kTrain);
  if (training.size() < 2) return training;
  const auto center = [&](int view) { return CameraCenterInWorld(dataset.views[size_t(view)].camera); };
  const auto distance = [&](int view) { return Norm(center(view) - center(training.front())); };
  const auto farthest =
      std::max_element(training.begin() + 1, training.end(), [&](int a, int b) { return distance(a) < distance(b); });
  return {training.front(), *farthest};
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
                               int steps, PhotoMotions& motions)
    : backend_(backend),
      dataset_(dataset),
      config_(config),
      tracks_(dataset, config.track_weight),
      window_(PoseWindowOf(config, steps)),
      motions_(motions),
      gradient_(backend.device, kGradientBytes) {
  CheckChosen(config);
  const size_t expected = config.refine == "off" ? 0 : dataset.views.size();
  SPLAT_CHECK(motions.views.size() == expected, "--refine-poses ", config.refine,
              ": the training that goes on has motions of ", motions.views.size(), " cameras, not of ", expected,
              "; go on with the photos and the option that it began with, or begin anew");
  if (config.refine == "off") return;
  const std::vector<int> training = dataset.ViewsOf(Split::kTrain), held = HeldViews(dataset);
  updates_ = double(std::max(0, window_.until - window_.from)) / double(std::max<size_t>(1, training.size()));
  is_free_.assign(dataset.views.size(), false);
  for (const int view : training) is_free_[size_t(view)] = true;
  for (const int view : held) is_free_[size_t(view)] = false;
  if (motions_.gradient_view >= 0) QueueGradient();
}

void PoseRefinement::QueueGradient() {
  const StageScope scope(backend_.device);
  gradient_.Queue(scope.context(), motions_.gradient.data_ptr());
}

bool PoseRefinement::Moves(int view, int step) const {
  return !is_free_.empty() && view >= 0 && is_free_[size_t(view)] && window_.Contains(step);
}

void PoseRefinement::Place(Target& target) {
  if (is_free_.empty() || target.view < 0) return;
  if (motions_.gradient_view == target.view) Settle();
  Rigid3& pose = target.camera.camera_from_world;
  pose = Compose(ExpTwist(motions_.views[size_t(target.view)].twist), pose);
}

double* PoseRefinement::GradientFor(int view, int step) {
  return Moves(view, step) ? motions_.gradient.data_ptr<double>() : nullptr;
}

void PoseRefinement::Done(int view, int step) {
  Settle();
  if (!Moves(view, step)) return;
  QueueGradient();
  motions_.gradient_view = view;
  motions_.gradient_rate = PoseLearningRate(config_, updates_, step, window_);
  if (!backend_.is_device) Settle();
}

void PoseRefinement::Settle() {
  const int view = motions_.gradient_view;
  if (view < 0) return;
  const double* photometric = static_cast<const double*>(gradient_.Wait());
  CameraMotion& motion = motions_.views[size_t(view)];
  Twist gradient;
  std::copy(photometric, photometric + gradient.size(), gradient.begin());
  if (tracks_.Supports(view)) {
    const Rigid3& source = dataset_.views[size_t(view)].camera.camera_from_world;
    const TrackLoss tracks = tracks_.At(view, Compose(ExpTwist(motion.twist), source));
    for (size_t i = 0; i < gradient.size(); ++i) gradient[i] += tracks.gradient[i];
  }
  Move(motion, gradient, motions_.gradient_rate, limits_);
  motions_.gradient_view = -1;
}

}  // namespace splat::train
