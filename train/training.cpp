#include "train/training.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "train/color_term.h"
#include "train/memory_limits.h"
#include "train/photo_loading.h"
#include "train/photo_motions.h"
#include "train/remove_floaters.h"
#include "train/schedule.h"
#include "train/settings/default_steps.h"

namespace splat::train {
namespace {

int LevelsOf(const TrainConfig& config, const data::Dataset& dataset) {
  if (config.resolution_levels >= 0) return config.resolution_levels;
  int levels = 100;
  for (const int index : dataset.ViewsOf(Split::kTrain)) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    levels = std::min(levels, ChooseResolutionLevels(camera.width, camera.height));
  }
  return levels;
}

PhotoFeedOptions FeedOptions(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                             const Ranks& ranks) {
  PhotoFeedOptions options;
  options.loading = LoadingFor(backend, config);
  options.device_bytes = PhotoBudget(backend, dataset, dataset.ViewsOf(Split::kTrain));
  options.share = {ranks.rank, ranks.count};
  return options;
}

// The fused update where nothing has to be summed.
std::unique_ptr<Update> UpdateOf(const Backend& backend, const Ranks& ranks) {
  return ranks.count == 1 ? MakeFusedUpdate(backend) : MakeReducedUpdate(backend, ranks.sum);
}

LossTerms TermsOf(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config, int steps,
                  TrainState& state) {
  std::vector<std::unique_ptr<LossTerm>> terms;
  std::unique_ptr<LossTerm> color = MakeColorTerm(backend, dataset, config.color, steps, state.photo_parameters);
  if (color) terms.push_back(std::move(color));
  return LossTerms(std::move(terms));
}

}  // namespace

Training::Training(TrainState& state, const Backend& backend, const TrainingInput& input)
    : state_(state),
      input_(input),
      dataset_(input.dataset, state.motions),
      is_device_(backend.is_device),
      steps_(StepsOf(input.config, backend.is_device)),
      levels_(LevelsOf(input.config, input.dataset)),
      feed_(state.order, *dataset_, backend, FeedOptions(backend, input.dataset, input.config, input.ranks), input.log),
      optimizer_(state.moments, input.config.optimizer, backend),
      strategy_(MakeStrategy(input.config.density, steps_, state.limits)),
      train_step_(backend, TermsOf(backend, input.dataset, input.config, steps_, state),
                  UpdateOf(backend, input.ranks)),
      losses_(train_step_, backend.is_device, state.unusable_steps),
      poses_(backend, *dataset_, input.config.poses, steps_, state.motions, input.log) {}

// The default is that of the frame of trainings.
static_assert(math::kDefaultNear == kNearShare * data::kAlignedDistance);

void Training::GrowScene() {
  const double growth = poses_.TakeGrowth();
  if (growth == 0) return;
  state_.model.means.mul_(std::exp(growth));
  state_.model.log_scales.add_(growth);
}

void Training::UndistortAnew() {
  const std::vector<int> views = dataset_.ViewsOf(poses_.TakeDistortedLenses());
  if (!views.empty()) feed_.Change(views, [&] { dataset_.Update(views, state_.motions); });
}

StepInput Training::InputOf(int step) const {
  const TrainConfig& config = input_.config;
  StepInput input;
  input.target = target_;
  input.rates = LearningRatesAt(config.optimizer, input_.dataset.extent, step, steps_);
  input.settings = SettingsOf(state_.model, input_.dataset.background, input_.dataset.near);
  input.settings.traits->sh_degree = ShDegreeAt(step, steps_, config.sh_degree_every, config.init.sh_degree);
  input.loss = config.loss;
  return input;
}

void Training::Step() {
  const int step = state_.step + 1;
  target_ = feed_.Next(DownscaleAt(step, steps_, levels_));
  poses_.Place(target_);
  GrowScene();
  StepInput input = InputOf(step);
  input.pose_loss = poses_.PoseLossFor(target_.view, step);
  input.curvature_numbers = poses_.CurvatureNumbers(step);
  const StepContext context{step,        input_.dataset.extent,  input.rates.means, &state_.model,
                            &optimizer_, &state_.density_random, &state_.density,   input_.ranks};
  input.statistics = strategy_->Collect(context);
  train_step_.Run(state_.model, optimizer_, input);
  if (is_device_ && step < steps_) feed_.Prefetch(DownscaleAt(step + 1, steps_, levels_));
  poses_.Done(target_.view, step);
  GrowScene();
  UndistortAnew();
  losses_.AfterStep(step == steps_);
  strategy_->Update(context);
  if (RemovesFloatersAfter(input_.config, step, steps_)) {
    poses_.Settle();
    GrowScene();
    const data::Dataset moved =
        WithFocalChanges(WithMotions(*dataset_, state_.motions.views), state_.motions.FocalChanges());
    RemoveFloaters({state_.model, optimizer_, state_.density_random}, moved, input_.ranks, input_.log);
  }
  state_.step = step;
}

void Training::Finish() {
  losses_.ReadQueued();
  poses_.Settle();
  GrowScene();
}

}  // namespace splat::train
