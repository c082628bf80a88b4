#include "train/trainer.h"

#include <chrono>
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
#include "train/memory_limits.h"
#include "train/settings/default_steps.h"
#include "train/sky_shell.h"
#include "train/training.h"

namespace splat::train {
namespace {

using Clock = std::chrono::steady_clock;

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

// Several ranks have neither colours of photos nor motions of cameras yet, so auto stands for off.
TrainConfig ConfigFor(const Ranks& ranks, TrainConfig config) {
  if (ranks.count > 1) {
    for (std::string* mode : {&config.color.mode, &config.poses.refine}) {
      if (*mode == "auto") *mode = "off";
    }
  }
  return config;
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
  SPLAT_CHECK(ranks.count == 1 || config.poses.focal == "off", "--refine-focal ", config.poses.focal,
              ": several ranks cannot refine focal lengths yet; use --refine-focal off");
  SPLAT_CHECK(ranks.count == 1 || config.poses.distortion == "off", "--refine-distortion ", config.poses.distortion,
              ": several ranks cannot refine distortions yet; use --refine-distortion off");
  const torch::NoGradGuard no_grad;
  AgreeOnLimits(state.limits, ranks, backend);
  Training training(state, backend, {dataset, config, callbacks.log, ranks});
  const int steps = training.steps();
  ProgressMeter meter(steps);
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
  result.focal_changes = state.motions.FocalChanges();
  result.distortion_changes = state.motions.DistortionChanges();
  result.steps_done = state.step;
  result.unusable_steps = state.unusable_steps;
  if (state.unusable_steps > 0) LogWarning(callbacks.log, UnusableText(state));
  result.model = ToDevice(state.model, torch::kCPU);  // waits for a GPU
  result.color_mode = config.color.mode;
  result.refine_poses = state.motions.views.empty() ? "off" : "on";
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
  chosen.poses.refine = ChosenPoseRefinement(dataset, config.poses, StepsOf(config, backend.is_device), log);
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
  TrainStart start = BeginTraining(backend, dataset, ConfigFor(ranks, config), callbacks.log);
  return ContinueTraining(start.state, backend, dataset, start.config, callbacks, ranks);
}

TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks) {
  return TrainOn(ChooseBackend(config.device), dataset, config, callbacks);
}

}  // namespace splat::train
