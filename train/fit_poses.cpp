#include "train/fit_poses.h"

#include "core/check.h"
#include "rasterizer/torch/host_readback.h"
#include "train/photo_loading.h"
#include "train/photo_motions.h"
#include "train/photo_store.h"
#include "train/pose_step.h"
#include "train/schedule.h"
#include "train/train_step.h"
#include "train/update.h"

namespace splat::train {
namespace {

class PoseFitter {
 public:
  PoseFitter(const Backend& backend, const SplatModel& model, const PoseFit& fit, const LogSink& log)
      : backend_(backend),
        model_(model),
        dataset_(*fit.dataset),
        config_(fit.config),
        loader_(dataset_, LoadingFor(backend, fit.config), log),
        photos_(dataset_, loader_, backend, 0),
        step_(backend, {}, MakeNoUpdate()),
        pose_loss_(PoseLossOn(backend.device)),
        host_pose_loss_(backend.device, size_t(pose_loss_.numel()) * sizeof(double)) {
    loader_.Announce(fit.views);
  }

  Twist Fit(int view);

 private:
  StepInput InputFor(const Target& target) const;
  // Returns the loss at a pose; `pose_loss` gets how it changes.
  double Measure(StepInput& input, const Twist& twist, PoseLoss& pose_loss);

  Backend backend_;
  const SplatModel& model_;
  const data::Dataset& dataset_;
  TrainConfig config_;
  data::ViewLoader loader_;
  PhotoStore photos_;
  TrainStep step_;
  torch::Tensor pose_loss_;
  HostReadback host_pose_loss_;
};

StepInput PoseFitter::InputFor(const Target& target) const {
  StepInput input;
  input.target = target;
  input.settings = SettingsOf(model_, dataset_.background, dataset_.near);
  input.loss = config_.loss;
  input.pose_loss = pose_loss_.data_ptr<double>();
  return input;
}

double PoseFitter::Measure(StepInput& input, const Twist& twist, PoseLoss& pose_loss) {
  const Rigid3& source = dataset_.views[size_t(input.target.view)].camera.camera_from_world;
  input.target.camera.camera_from_world = Compose(ExpTwist(twist), source);
  step_.AddView(model_, input);
  const StageScope scope(backend_.device);
  host_pose_loss_.Queue(scope.context(), pose_loss_.data_ptr());
  pose_loss = PoseLossOf(static_cast<const double*>(host_pose_loss_.Wait()));
  return step_.Loss();
}

Twist PoseFitter::Fit(int view) {
  const Camera& camera = dataset_.views[size_t(view)].camera;
  const int levels =
      config_.resolution_levels >= 0 ? config_.resolution_levels : ChooseResolutionLevels(camera.width, camera.height);
  const MotionLimits limits = UsualLimits();
  Twist motion = {}, best = {};
  PoseLoss pose_loss;
  int downscale = 1;
  StepInput input = InputFor(photos_.Get(view, downscale));
  double least = Measure(input, best, pose_loss);
  for (int step = 1; step <= kPoseFitSteps; ++step) {
    const int wanted = DownscaleAt(step, kPoseFitSteps, levels);
    if (wanted != downscale) input = InputFor(photos_.Get(view, wanted));
    downscale = wanted;
    const double loss = Measure(input, motion, pose_loss);
    if (downscale == 1 && loss < least) {
      least = loss;
      best = motion;
    }
    Move(motion, pose_loss, limits, kPriorOfOne);
  }
  if (Measure(input, motion, pose_loss) < least) best = motion;
  return best;
}

}  // namespace

std::vector<Twist> FitPoses(const Backend& backend, const SplatModel& model, const PoseFit& fit, const LogSink& log) {
  const torch::NoGradGuard no_grad;
  std::vector<Twist> motions(fit.dataset->views.size(), Twist{});
  PoseFitter fitter(backend, model, fit, log);
  int done = 0;
  for (const int view : fit.views) {
    if (fit.on_view) fit.on_view(done++);
    try {
      motions[size_t(view)] = fitter.Fit(view);
    } catch (const Error& error) {
      LogWarning(log, StrCat(error.what(), "; its pose is not fitted"));
    }
  }
  return motions;
}

}  // namespace splat::train
