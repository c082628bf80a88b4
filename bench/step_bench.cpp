#include "bench/step_bench.h"

#include <algorithm>
#include <vector>

#include "bench/device_info.h"
#include "bench/list_walk.h"
#include "bench/timed_backend.h"
#include "core/check.h"
#include "core/random.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/render_passes.h"
#include "train/train_step.h"

namespace splat::bench {
namespace {

using torch::Tensor;

constexpr int kStageWarmup = 5;

// Noise: the loss takes the same time for every photo.
Tensor RandomPhoto(const Camera& camera, const torch::Device& device) {
  Tensor photo = torch::empty({camera.height, camera.width, 3}, torch::kUInt8);
  Random random(7);
  uint8_t* values = photo.data_ptr<uint8_t>();
  for (int64_t i = 0; i < photo.numel(); ++i) values[i] = uint8_t(random.Below(256));
  return photo.to(device);
}

StepCounts CountsOf(const train::Backend& backend, const SplatModel& model, const Camera& camera, int sampled_tiles) {
  const StageScope scope(backend.device);
  const ForwardTensors forward = ForwardPass({backend.render, scope.context()}, SceneOf(model, camera));
  const Tensor records = forward.records.cpu(), tile_begin = forward.tile_begin.cpu(), entries = forward.entries.cpu();

  StepCounts counts;
  counts.splats = double(model.count());
  counts.visible = double((forward.tile_counts > 0).sum().item<int64_t>());
  counts.instances = double(entries.size(0));
  counts.pixels = double(camera.width) * camera.height;
  counts.tiles = double(tile_begin.size(0) - 1);
  ListWalkInput input;
  input.width = camera.width;
  input.height = camera.height;
  input.records = records.data_ptr<float>();
  input.tile_begin = tile_begin.data_ptr<int32_t>();
  if (entries.numel() > 0) input.entries = reinterpret_cast<kernels::TileInstance*>(entries.data_ptr<int32_t>());
  input.sampled_tiles = sampled_tiles;
  const ListWalk walk = WalkLists(input, ProcessExecutor());
  counts.walked_share = counts.instances > 0 ? walk.walked / counts.instances : 0;
  counts.contributing = walk.contributing;
  counts.tested = walk.tested;
  counts.live_warps = walk.live_warps;
  return counts;
}

Spread SpreadOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[size_t(share * double(values.size() - 1) + 0.5)]; };
  return {at(0.5), at(0.1), at(0.9)};
}

// A training that is about to make its next step, over and over.
class Stepper {
 public:
  Stepper(const train::Backend& backend, const SplatModel& model, const Camera& camera)
      : model_(model), optimizer_(model_, {}, backend), step_(backend) {
    const auto options = torch::TensorOptions().device(backend.device);
    input_.target = {camera, RandomPhoto(camera, backend.device)};
    input_.statistics.gradient_sum = torch::zeros({model.count()}, options.dtype(torch::kFloat32));
    input_.statistics.seen = torch::zeros({model.count()}, options.dtype(torch::kInt32));
  }

  void Run() { step_.Run(model_, optimizer_, input_); }
  void Run(int steps) {
    for (int i = 0; i < steps; ++i) Run();
  }
  void Wait() { step_.Loss(); }

 private:
  SplatModel model_;
  train::ModelOptimizer optimizer_;
  train::TrainStep step_;
  train::StepInput input_;  // the rates are 0
};

void TimeSteps(const train::Backend& backend, Stepper& stepper, int steps, StepBenchResult& result) {
  Timeline timeline(backend.device);
  std::vector<int> marks = {timeline.Mark()};
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < steps; ++i) {
    stepper.Run();
    marks.push_back(timeline.Mark());
  }
  stepper.Wait();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::vector<double> times;
  for (size_t i = 1; i < marks.size(); ++i) times.push_back(timeline.MillisecondsBetween(marks[i - 1], marks[i]));
  result.step_ms = SpreadOf(times);
  result.steps_per_s = steps / seconds;
}

std::array<double, kStepStages> TimeStages(TimedBackend& timed, Stepper& stepper, int steps) {
  stepper.Run(std::min(steps, kStageWarmup));
  timed.TakeTimes();
  stepper.Run(steps);
  const auto times = timed.TakeTimes();
  std::array<double, kStepStages> medians = {};
  for (size_t stage = 0; stage < kStepStages; ++stage) medians[stage] = SpreadOf(times[stage]).median;
  return medians;
}

}  // namespace

StepBenchResult BenchStep(const train::Backend& backend, const SplatModel& model, const Camera& camera,
                          const StepBenchOptions& options) {
  SPLAT_CHECK(model.sh_rest.is_contiguous() && options.steps >= 0, "the model cannot be trained on");
  const torch::NoGradGuard no_grad;
  StepBenchResult result;
  const SplatModel on_device = ToDevice(model, backend.device);
  result.counts = CountsOf(backend, on_device, camera, options.sampled_tiles);
  if (options.steps == 0) return result;
  ResetPeakMemory(backend.device);
  {
    Stepper stepper(backend, on_device, camera);
    stepper.Run(options.warmup);
    stepper.Wait();
    TimeSteps(backend, stepper, options.steps, result);
  }
  result.peak_bytes = PeakMemory(backend.device);
  TimedBackend timed(backend);
  Stepper stepper(timed.backend(), on_device, camera);
  result.stage_ms = TimeStages(timed, stepper, options.stage_steps);
  return result;
}

}  // namespace splat::bench
