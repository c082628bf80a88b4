#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/reason.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/torch_device.h"
#include "train/choose_backend.h"
#include "train/choose_color.h"
#include "train/choose_poses.h"
#include "train/color_term.h"
#include "train/density/strategy.h"
#include "train/memory_limits.h"
#include "train/model_optimizer.h"
#include "train/photo_feed.h"
#include "train/photo_loading.h"
#include "train/pose_refinement.h"
#include "train/remove_floaters.h"
#include "train/schedule.h"
#include "train/sky_shell.h"
#include "train/train_step.h"

namespace splat::train {
namespace {

using Clock = std::chrono::steady_clock;

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

// The ranks' memories may differ, but not the model: rank 0's limits hold for all.
void AgreeOnLimits(DensityLimits& limits, const Ranks& ranks, const Backend& backend) {
  if (ranks.count == 1) return;
  const int64_t mine = ranks.rank == 0 ? limits.gaussians : 0;
  const torch::Tensor agreed =
      torch::full({1}, mine, torch::TensorOptions().dtype(torch::kInt64).device(backend.device));
  const StageScope scope(backend.device);
  ranks.sum(scope.context(), agreed);
  limits.gaussians = agreed.item<int64_t>();
}

// What a training does with its state: nothing in here has to survive a stop.
class Training {
 public:
  Training(TrainState& state, const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
           const LogSink& log, const Ranks& ranks);

  int steps() const { return steps_; }
  // Makes the state's next step. The target of a step that has thrown is that of the photo it was about.
  void Step();
  const Target& target() const { return target_; }
  // Returns the loss of the last step. A GPU is not waited for: as long as there are further steps, it is the loss of
  // the step before.
  double loss() const { return loss_.value; }
  // Reads a loss that is queued and was not waited for.
  void ReadQueuedLoss();
  // Reads and uses what the steps have left behind.
  void Finish() {
    ReadQueuedLoss();
    poses_.Settle();
  }

 private:
  StepInput InputOf(int step) const;
  void ReadLoss(int step);

  TrainState& state_;
  const data::Dataset& dataset_;
  const TrainConfig& config_;
  LogSink log_;
  Ranks ranks_;
  bool is_device_;
  int steps_, levels_;
  PhotoFeed feed_;
  ModelOptimizer optimizer_;
  std::unique_ptr<Strategy> strategy_;
  TrainStep train_step_;
  PoseRefinement poses_;
  Target target_;
  struct {
    double value = 0;
    bool is_known = false, is_queued = false;
    int64_t unusable_step = 0;  // the last one, by the optimizer's count
  } loss_;
};

Training::Training(TrainState& state, const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                   const LogSink& log, const Ranks& ranks)
    : state_(state),
      dataset_(dataset),
      config_(config),
      log_(log),
      ranks_(ranks),
      is_device_(backend.is_device),
      steps_(StepsOf(config, backend.is_device)),
      levels_(LevelsOf(config, dataset)),
      feed_(state.order, dataset, backend, FeedOptions(backend, dataset, config, ranks), log),
      optimizer_(state.moments, config.optimizer, backend),
      strategy_(MakeStrategy(config.density, steps_, state.limits)),
      train_step_(backend, TermsOf(backend, dataset, config, steps_, state), UpdateOf(backend, ranks)),
      poses_(backend, dataset, config.poses, steps_, state.motions) {}

// The default is that of the frame of trainings.
static_assert(math::kDefaultNear == kNearShare * data::kAlignedDistance);

StepInput Training::InputOf(int step) const {
  StepInput input;
  input.target = target_;
  input.rates = LearningRatesAt(config_.optimizer, dataset_.extent, step, steps_);
  input.settings = SettingsOf(state_.model, dataset_.background, dataset_.near);
  input.settings.traits->sh_degree = ShDegreeAt(step, steps_, config_.sh_degree_every, config_.init.sh_degree);
  input.loss = config_.loss;
  return input;
}

void Training::ReadQueuedLoss() {
  if (!loss_.is_queued) return;
  loss_.value = train_step_.QueuedLoss();
  loss_.is_known = true;
  loss_.is_queued = false;
  const int64_t unusable_step = train_step_.LastUnusableStep();
  if (unusable_step > loss_.unusable_step || !std::isfinite(loss_.value)) ++state_.unusable_steps;
  loss_.unusable_step = unusable_step;
}

// A GPU is not waited for: by now the loss of the step before has come.
void Training::ReadLoss(int step) {
  ReadQueuedLoss();
  train_step_.QueueLoss();
  loss_.is_queued = true;
  if (!is_device_ || !loss_.is_known || step == steps_) ReadQueuedLoss();
}

void Training::Step() {
  const int step = state_.step + 1;
  target_ = feed_.Next(DownscaleAt(step, steps_, levels_));
  poses_.Place(target_);
  StepInput input = InputOf(step);
  input.pose_loss = poses_.PoseLossFor(target_.view, step);
  const StepContext context{step,        dataset_.extent,        input.rates.means, &state_.model,
                            &optimizer_, &state_.density_random, &state_.density,   ranks_};
  input.statistics = strategy_->Collect(context);
  train_step_.Run(state_.model, optimizer_, input);
  if (is_device_ && step < steps_) feed_.Prefetch(DownscaleAt(step + 1, steps_, levels_));
  poses_.Done(target_.view, step);
  ReadLoss(step);
  strategy_->Update(context);
  if (RemovesFloatersAfter(config_, step, steps_)) {
    poses_.Settle();
    const data::Dataset moved = WithMotions(dataset_, state_.motions.views);
    RemoveFloaters({state_.model, optimizer_, state_.density_random}, moved, ranks_, log_);
  }
  state_.step = step;
}

// Makes a step and says whether it was made: where there is no memory for it, or anything else fails, what has been
// trained is worth more than the rest of the run. The model is whole then, for a step and a densification change it
// only once they have all the memory they need.
bool StepOrEnd(Training& training, const TrainState& state, const Backend& backend, const LogSink& log,
               std::string& failure) {
  try {
    training.Step();
    return true;
  } catch (const std::exception& error) {
    const bool no_memory = IsOutOfMemory(error);
    if (state.step == 0 && !no_memory) throw;
    const std::string text =
        no_memory ? OutOfMemoryText(backend, state.model.count(), training.target().camera) : ReasonOf(error);
    SPLAT_CHECK(state.step > 0, text);
    const std::string ending = StrCat("training ends at step ", state.step + 1, " of ", training.steps(), ": ", text);
    if (no_memory) LogWarning(log, ending);
    if (!no_memory) failure = ending;
    return false;
  }
}

std::string UnusableText(const TrainState& state) {
  return StrCat("in ", state.unusable_steps, " of ", state.step,
                " training steps, gradients or the loss were not finite; these gradients moved nothing");
}

// What is asked of a config before anything is made of it.
void Prepare(const TrainConfig& config) {
  const std::vector<std::string> violations = ConfigViolations(config);
  SPLAT_CHECK(violations.empty(), "config: ", violations.front());
  UseThreads(config.threads);
  UseInstructionSet(InstructionSetNamed(config.instruction_set));
}

}  // namespace

TrainResult ContinueTraining(TrainState& state, const Backend& backend, const data::Dataset& dataset,
                             const TrainConfig& config, const TrainCallbacks& callbacks, const Ranks& ranks) {
  Prepare(config);
  SPLAT_CHECK(ranks.count >= 1 && ranks.rank >= 0 && ranks.rank < ranks.count && (ranks.count == 1 || ranks.sum),
              "ranks: number ", ranks.rank, " of ", ranks.count, ", or nothing that sums over them");
  SPLAT_CHECK(ranks.count == 1 || config.color.mode == "off", "--color ", config.color.mode,
              ": several ranks cannot learn the colours of photos yet; use --color off");
  SPLAT_CHECK(ranks.count == 1 || config.poses.refine == "off", "--refine-poses ", config.poses.refine,
              ": several ranks cannot refine poses yet; use --refine-poses off");
  const torch::NoGradGuard no_grad;
  AgreeOnLimits(state.limits, ranks, backend);
  Training training(state, backend, dataset, config, callbacks.log, ranks);
  const int steps = training.steps();
  Meter meter(steps);
  const Clock::time_point start = Clock::now();
  TrainResult result;
  while (state.step < steps && !result.interrupted) {
    result.interrupted = !StepOrEnd(training, state, backend, callbacks.log, result.error);
    if (result.interrupted) break;
    if (callbacks.progress) callbacks.progress(meter.Update(state.step, training.loss(), state.model.count()));
    result.interrupted = callbacks.stop && state.step < steps && callbacks.stop();
  }
  if (result.error.empty()) training.Finish();
  result.motions = state.motions.views;
  result.steps_done = state.step;
  result.unusable_steps = state.unusable_steps;
  if (state.unusable_steps > 0) LogWarning(callbacks.log, UnusableText(state));
  result.model = ToDevice(state.model, torch::kCPU);  // waits for a GPU
  result.color_mode = config.color.mode;
  result.refine_poses = config.poses.refine;
  result.sky = config.sky;
  result.photo_colors = LearnedColors(dataset, state.photo_parameters);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

TrainStart BeginTraining(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                         const LogSink& log) {
  Prepare(config);
  TrainConfig chosen = config;
  chosen.color.mode = ChosenColorMode(dataset, config.color, log);
  chosen.poses.refine = ChosenPoseRefinement(dataset, config.poses, log);
  const int64_t room = RoomAtTheStart(backend, dataset, config.density, int64_t(dataset.points.positions.size()));
  const data::OpenSky sky = ChosenSky(dataset, config, room, log);
  chosen.sky = sky.empty() ? "off" : "on";
  TrainState state = InitialState(backend, dataset, chosen, sky);
  if (state.model.count() > state.limits.gaussians) {
    LogWarning(log, StrCat("the scene begins with ", state.model.count(), " splats, more than the limit of ",
                           state.limits.gaussians, "; none is added"));
  }
  return {std::move(chosen), std::move(state)};
}

TrainResult TrainOn(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                    const TrainCallbacks& callbacks, const Ranks& ranks) {
  TrainStart start = BeginTraining(backend, dataset, config, callbacks.log);
  return ContinueTraining(start.state, backend, dataset, start.config, callbacks, ranks);
}

TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks) {
  return TrainOn(ChooseBackend(config.device), dataset, config, callbacks);
}

}  // namespace splat::train
