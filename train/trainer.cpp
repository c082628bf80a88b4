#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "core/check.h"
#include "core/random.h"
#include "data/image_io.h"
#include "rasterizer/process_executor.h"
#include "rasterizer/render.h"
#include "train/init.h"
#include "train/kernels/ssim.h"
#include "train/model_optimizer.h"
#include "train/schedule.h"
#include "train/strategy.h"

namespace splat::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDefaultStepsCpu = 3000;    // docs/training.md says why
constexpr int kDefaultStepsCuda = 30000;  // as all peers
// Memory that one splat takes during a step on the CPU: parameters, gradients and moments (59 floats each), what the
// stages save, and the slots of some ten instances.
constexpr int64_t kBytesPerSplat = 59 * 4 * 4 + 64 + 10 * 60;
constexpr int64_t kMostSplats = 6000000;

int64_t MaxGaussians(const DensityConfig& config) {
  if (config.max_gaussians > 0) return config.max_gaussians;
  const int64_t memory = int64_t(sysconf(_SC_PHYS_PAGES)) * int64_t(sysconf(_SC_PAGE_SIZE));
  return std::clamp<int64_t>(memory / 2 / kBytesPerSplat, 10000, kMostSplats);
}

// Training views in a new random order each epoch, announced to the loader in time.
class ViewOrder {
 public:
  ViewOrder(std::vector<int> views, uint64_t seed, data::ViewLoader& loader)
      : views_(std::move(views)), random_(seed), loader_(loader) {}

  int Next() {
    if (next_ == views_.size()) {
      for (size_t i = views_.size(); i > 1; --i) std::swap(views_[i - 1], views_[random_.Below(i)]);
      next_ = 0;
      loader_.Announce(views_);
    }
    return views_[next_++];
  }

  // Takes the view that Next gave last out of the order.
  void DropLast() { views_.erase(views_.begin() + std::ptrdiff_t(--next_)); }
  bool empty() const { return views_.empty(); }

 private:
  std::vector<int> views_;
  size_t next_ = views_.size();
  Random random_;
  data::ViewLoader& loader_;
};

// The next view and its photo. A photo that turns out to be broken only now is left out with a warning: hours of
// training are not thrown away for it.
std::pair<const data::View*, std::shared_ptr<const Image8>> NextPhoto(const data::Dataset& dataset, ViewOrder& order,
                                                                      data::ViewLoader& loader, const LogSink& log) {
  while (true) {
    SPLAT_CHECK(!order.empty(), "none of the training photos can be read");
    const int index = order.Next();
    try {
      return {&dataset.views[size_t(index)], loader.Get(index)};
    } catch (const Error& error) {
      LogWarning(log, StrCat(error.what(), "; the photo is left out of the training"));
      order.DropLast();
    }
  }
}

// Loss, rate and time left for the progress callback.
class Meter {
 public:
  explicit Meter(int steps) : steps_(steps) {}

  TrainProgress Update(int step, double loss, int64_t splats) {
    constexpr double kMemory = 0.98;  // about 50 steps
    const double weight = step == 1 ? 0 : kMemory;
    loss_ = weight * loss_ + (1 - weight) * loss;
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    seconds_per_step_ = weight * seconds_per_step_ + (1 - weight) * seconds;
    return {step, steps_, loss_, splats, 1 / std::max(seconds_per_step_, 1e-9), seconds_per_step_ * (steps_ - step)};
  }

 private:
  int steps_;
  double loss_ = 0, seconds_per_step_ = 0;
  Clock::time_point last_ = Clock::now();
};

struct Target {
  Camera camera;
  Image8 image;
};

// The photo at the resolution of this step.
Target TargetAt(const data::View& view, const Image8& photo, int downscale) {
  if (downscale <= 1) return {view.camera, photo};
  const int width = std::max(1, view.camera.width / downscale), height = std::max(1, view.camera.height / downscale);
  return {ResizedCamera(view.camera, width, height), data::ResizeImage(photo, width, height)};
}

// Renders, compares, and leaves the gradients in the model's tensors. Returns the loss.
double ForwardBackward(const SplatModel& model, const Target& target, const RenderSettings& settings,
                       const LossConfig& loss, kernels::PhotometricLossWorkspace& workspace, RenderOutput& output) {
  for (const torch::Tensor* tensor : model.Tensors()) tensor->mutable_grad() = torch::Tensor();
  output = Render(model, target.camera, settings);
  torch::Tensor grad = torch::empty_like(output.image);
  kernels::LossParams params;
  params.width = target.camera.width;
  params.height = target.camera.height;
  params.image = output.image.data_ptr<float>();
  params.target = target.image.pixels.data();
  params.ssim_weight = loss.ssim_weight;
  params.grad_image = grad.data_ptr<float>();
  const kernels::LossValue value = kernels::PhotometricLoss(ProcessExecutor(), params, workspace);
  output.image.backward(grad);
  return value.loss;
}

int LevelsOf(const TrainConfig& config, const data::Dataset& dataset, const std::vector<int>& views) {
  if (config.resolution_levels >= 0) return config.resolution_levels;
  int levels = 100;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    levels = std::min(levels, ChooseResolutionLevels(camera.width, camera.height));
  }
  return levels;
}

}  // namespace

int StepsOf(const TrainConfig& config, bool cuda) {
  if (config.iterations > 0) return config.iterations;
  return cuda ? kDefaultStepsCuda : kDefaultStepsCpu;
}

TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks) {
  const std::vector<std::string> violations = ConfigViolations(config);
  SPLAT_CHECK(violations.empty(), "config: ", violations.front());
  SPLAT_CHECK(config.device != "cuda", "device = cuda: this version trains on the CPU only; use auto or cpu");
  UseThreads(config.threads);
  const std::vector<int> views = dataset.ViewsOf(data::Split::kTrain);
  SPLAT_CHECK(!views.empty(), "the dataset has no training view");
  const int steps = StepsOf(config, false);
  const int levels = LevelsOf(config, dataset, views);

  data::ViewLoader::Options loading;
  loading.cache_bytes = int64_t(config.cache_gigabytes * 1e9);
  data::ViewLoader loader(dataset, loading, callbacks.log);
  ViewOrder order(views, config.seed, loader);
  Random random(config.seed + 1);
  TrainResult result;
  result.model = InitialModel(dataset, config.init, config.seed + 2);
  SetRequiresGrad(result.model, true);
  ModelOptimizer optimizer(result.model, config.optimizer);
  const auto strategy = MakeDefaultStrategy(config.density, steps, MaxGaussians(config.density));

  RenderSettings settings;
  settings.background = dataset.background;
  kernels::PhotometricLossWorkspace workspace;
  Meter meter(steps);
  const Clock::time_point start = Clock::now();
  for (int step = 1; step <= steps && !result.interrupted; ++step) {
    const auto [view, photo] = NextPhoto(dataset, order, loader, callbacks.log);
    const Target target = TargetAt(*view, *photo, DownscaleAt(step, steps, levels));
    settings.sh_degree = ShDegreeAt(step, steps, config.sh_degree_every, config.init.sh_degree);
    RenderOutput output;
    const double loss = ForwardBackward(result.model, target, settings, config.loss, workspace, output);
    const StepContext context{step,          target.camera.width, target.camera.height, dataset.extent,
                              &output.stats, &result.model,       &optimizer,           &random};
    strategy->Observe(context);
    optimizer.Step(result.model, LearningRatesAt(config.optimizer, dataset.extent, step, steps));
    strategy->Update(context);
    result.steps_done = step;
    if (callbacks.progress) callbacks.progress(meter.Update(step, loss, result.model.count()));
    result.interrupted = callbacks.stop && step < steps && callbacks.stop();
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  SetRequiresGrad(result.model, false);
  for (const torch::Tensor* tensor : result.model.Tensors()) tensor->mutable_grad() = torch::Tensor();
  return result;
}

}  // namespace splat::train
