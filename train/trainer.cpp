#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>

#include "core/check.h"
#include "core/random.h"
#include "rasterizer/torch/process_executor.h"
#include "train/density/strategy.h"
#include "train/init.h"
#include "train/model_optimizer.h"
#include "train/photo_store.h"
#include "train/schedule.h"
#include "train/train_step.h"

namespace splat::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDefaultStepsCpu = 3000;    // docs/training.md says why
constexpr int kDefaultStepsCuda = 30000;  // as all peers
constexpr double kPhotoShare = 0.3;       // of a GPU's free memory, at most, for photos

// Training views in a new random order each epoch, announced to the loader in time.
class ViewOrder {
 public:
  ViewOrder(std::vector<int> views, uint64_t seed, data::ViewLoader& loader, const PhotoStore& photos)
      : views_(std::move(views)), random_(seed), loader_(loader), photos_(photos) {}

  int Next(int downscale) {
    Shuffle(downscale);
    return views_[next_++];
  }

  // What Next will give, unless the view is left out.
  int Peek(int downscale) {
    Shuffle(downscale);
    return views_[next_];
  }

  // Takes the view that Next gave last out of the order.
  void DropLast() { views_.erase(views_.begin() + std::ptrdiff_t(--next_)); }
  bool empty() const { return views_.empty(); }

 private:
  // Begins the next epoch where one is over.
  void Shuffle(int downscale) {
    if (next_ == views_.size()) {
      for (size_t i = views_.size(); i > 1; --i) std::swap(views_[i - 1], views_[random_.Below(i)]);
      next_ = 0;
      std::vector<int> missing;
      std::copy_if(views_.begin(), views_.end(), std::back_inserter(missing),
                   [&](int view) { return !photos_.Holds(view, downscale); });
      if (!missing.empty()) loader_.Announce(missing);
    }
  }

  std::vector<int> views_;
  size_t next_ = views_.size();
  Random random_;
  data::ViewLoader& loader_;
  const PhotoStore& photos_;
};

// The next photo at the resolution of the step. A photo that turns out to be broken only now is left out with a
// warning: hours of training are not thrown away for it.
Target NextPhoto(ViewOrder& order, PhotoStore& photos, int downscale, const LogSink& log) {
  while (true) {
    SPLAT_CHECK(!order.empty(), "none of the training photos can be read");
    const int view = order.Next(downscale);
    try {
      return photos.Get(view, downscale);
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

namespace {

int64_t MostPixels(const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t most = 0;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    most = std::max(most, int64_t(camera.width) * camera.height);
  }
  return most;
}

// Of a GPU's memory for photos that stay there.
int64_t PhotoBudget(const Backend& backend, const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t all = 0;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    all += int64_t(camera.width) * camera.height * 3;
  }
  return std::min(all, int64_t(kPhotoShare * double(MemoryOf(backend).free)));
}

// The limit in force. Throws if the device does not even hold the initial model.
int64_t MaxGaussians(const Backend& backend, const DensityConfig& config, int64_t pixels, int64_t photo_bytes,
                     int64_t initial) {
  const int64_t fits = MostSplatsFor(backend, pixels, photo_bytes);
  if (backend.is_device) {
    const double gigabytes = double(MemoryOf(backend).free) / 1e9;
    SPLAT_CHECK(initial <= fits, "the GPU has ", gigabytes, " GB free, enough for ", fits, " splats at ", pixels,
                " pixels, but the scene begins with ", initial,
                "; use a larger --downscale, fewer points, or --device cpu");
  }
  return config.max_gaussians > 0 ? config.max_gaussians : fits;
}

// Whether this is LibTorch's way to say that there is no memory left. Its class for it is newer than 1.13.
bool IsOutOfMemory(const std::exception& error) {
  const std::string text = error.what();
  return dynamic_cast<const c10::Error*>(&error) && text.find("out of memory") != std::string::npos;
}

std::string OutOfMemoryText(int64_t splats, const Target& photo) {
  return StrCat("the GPU's memory does not hold ", splats, " splats at ", photo.camera.width, " x ",
                photo.camera.height, " pixels; --max-gaussians ", splats / 4 * 3,
                ", or a larger --downscale, would fit");
}

// All of one training.
class Training {
 public:
  Training(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
           const TrainCallbacks& callbacks);
  TrainResult Run();

 private:
  void Step(int step);

  const data::Dataset& dataset_;
  const TrainConfig& config_;
  const TrainCallbacks& callbacks_;
  Backend backend_;
  std::vector<int> views_;
  int steps_, levels_;
  int64_t photo_budget_;
  data::ViewLoader loader_;
  PhotoStore photos_;
  ViewOrder order_;
  Random random_;
  TrainResult result_;
  ModelOptimizer optimizer_;
  std::unique_ptr<Strategy> strategy_;
  TrainStep train_step_;
  Meter meter_;
  Target photo_;
  double loss_ = 0;
};

data::ViewLoader::Options LoadingOf(const TrainConfig& config) {
  data::ViewLoader::Options loading;
  loading.cache_bytes = int64_t(config.cache_gigabytes * 1e9);
  return loading;
}

Training::Training(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                   const TrainCallbacks& callbacks)
    : dataset_(dataset),
      config_(config),
      callbacks_(callbacks),
      backend_(backend),
      views_(dataset.ViewsOf(Split::kTrain)),
      steps_(StepsOf(config, backend.is_device)),
      levels_(LevelsOf(config, dataset, views_)),
      photo_budget_(PhotoBudget(backend, dataset, views_)),
      loader_(dataset, LoadingOf(config), callbacks.log),
      photos_(dataset, loader_, backend, photo_budget_),
      order_(views_, config.seed, loader_, photos_),
      random_(config.seed + 1),
      result_{ToDevice(InitialModel(dataset, config.init, config.seed + 2), backend.device)},
      optimizer_(result_.model, config.optimizer, backend),
      strategy_(MakeStrategy(
          config.density, steps_,
          {MaxGaussians(backend, config.density, MostPixels(dataset, views_), photo_budget_, result_.model.count()),
           MostPixels(dataset, views_)})),
      train_step_(backend),
      meter_(steps_) {}

void Training::Step(int step) {
  photo_ = NextPhoto(order_, photos_, DownscaleAt(step, steps_, levels_), callbacks_.log);
  StepInput input;
  input.rates = LearningRatesAt(config_.optimizer, dataset_.extent, step, steps_);
  const StepContext context{step, dataset_.extent, input.rates[0], &result_.model, &optimizer_, &random_};
  input.target = photo_;
  input.settings.background = dataset_.background;
  input.settings.sh_degree = ShDegreeAt(step, steps_, config_.sh_degree_every, config_.init.sh_degree);
  input.loss = config_.loss;
  input.statistics = strategy_->Collect(context);
  train_step_.Run(result_.model, optimizer_, input);
  if (backend_.is_device && step < steps_) {
    const int next_downscale = DownscaleAt(step + 1, steps_, levels_);
    photos_.Prefetch(order_.Peek(next_downscale), next_downscale);
  }
  // A GPU is not waited for: by now the loss of the step before has come.
  const bool is_one_late = backend_.is_device && step > 1 && step < steps_;
  if (is_one_late) loss_ = train_step_.QueuedLoss();
  train_step_.QueueLoss();
  if (!is_one_late) loss_ = train_step_.QueuedLoss();
  strategy_->Update(context);
}

TrainResult Training::Run() {
  const torch::NoGradGuard no_grad;
  const Clock::time_point start = Clock::now();
  for (int step = 1; step <= steps_ && !result_.interrupted; ++step) {
    try {
      Step(step);
    } catch (const std::exception& error) {
      // What has been trained is worth more than the rest of the run: the model is whole, for a step and a refinement
      // change it only once they have all the memory they need.
      if (!IsOutOfMemory(error)) throw;
      const std::string text = OutOfMemoryText(result_.model.count(), photo_);
      SPLAT_CHECK(step > 1, text);
      LogWarning(callbacks_.log, StrCat("training ends at step ", step, " of ", steps_, ": ", text));
      result_.interrupted = true;
      break;
    }
    result_.steps_done = step;
    if (callbacks_.progress) callbacks_.progress(meter_.Update(step, loss_, result_.model.count()));
    result_.interrupted = callbacks_.stop && step < steps_ && callbacks_.stop();
  }
  result_.model = ToDevice(result_.model, torch::kCPU);  // waits for a GPU
  result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result_;
}

}  // namespace

TrainResult TrainOn(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                    const TrainCallbacks& callbacks) {
  const std::vector<std::string> violations = ConfigViolations(config);
  SPLAT_CHECK(violations.empty(), "config: ", violations.front());
  UseThreads(config.threads);
  UseInstructionSet(InstructionSetNamed(config.instruction_set));
  SPLAT_CHECK(!dataset.ViewsOf(Split::kTrain).empty(), "the dataset has no training view");
  return Training(backend, dataset, config, callbacks).Run();
}

TrainResult Train(const data::Dataset& dataset, const TrainConfig& config, const TrainCallbacks& callbacks) {
  return TrainOn(ChooseBackend(config.device), dataset, config, callbacks);
}

}  // namespace splat::train
