#include "train/remove_floaters.h"

#include <vector>

#include "core/check.h"
#include "rasterizer/math/sh.h"
#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_arena.h"
#include "rasterizer/torch/torch_device.h"
#include "rasterizer/view_support.h"
#include "train/density/apply_fates.h"
#include "train/memory_limits.h"
#include "train/photo_loading.h"
#include "train/schedule.h"

namespace splat::train {
namespace {

// The memory of ViewSupportMemory in tensors.
struct SupportTensors {
  torch::Tensor zeros, ones;
  SplatArraysOf<torch::Tensor> gradient;

  SupportTensors(int64_t splats, int64_t pixels, const torch::Device& device) {
    const torch::TensorOptions floats = torch::TensorOptions(torch::kFloat32).device(device);
    zeros = torch::zeros({splats, kChannels}, floats);
    ones = torch::ones({pixels, kChannels}, floats);
    for (int array = 0; array < kSplatArrays; ++array) {
      gradient[array] = torch::empty({splats, WidthOf(array, 0)}, floats);
    }
  }
  ViewSupportMemory View() const {
    ViewSupportMemory memory = {zeros.data_ptr<float>(), ones.data_ptr<float>(), {}};
    for (int array = 0; array < kSplatArrays; ++array) {
      if (gradient[array].numel() > 0) memory.gradient[array] = gradient[array].data_ptr<float>();
    }
    return memory;
  }
};

// A column of a matrix on the device, times a factor.
std::vector<float> Column(const torch::Tensor& matrix, int64_t column, double factor) {
  const torch::Tensor host = (matrix.select(1, column) * factor).cpu().contiguous();
  const float* values = host.data_ptr<float>();
  return std::vector<float>(values, values + host.numel());
}

}  // namespace

SupportTally SupportInTraining(const SplatModel& model, const Backend& backend, const data::Dataset& dataset) {
  const torch::NoGradGuard no_grad;
  const std::vector<int> views = dataset.ViewsOf(Split::kTrain);
  SupportTally tally(model.count());
  const SupportTensors tensors(model.count(), MostPixels(dataset, views), backend.device);
  TensorArena arena(backend.device);
  const RenderSettings settings = SettingsOf(model, dataset.background, dataset.near);
  for (const int view : views) {
    const Camera& camera = dataset.views[size_t(view)].camera;
    const StageScope scope(backend.device);
    const Pipeline<float> pipeline = {backend.render, scope.context(), arena};
    QueueViewSupport(pipeline, PassInputOf(SceneOf(model, camera, settings)), tensors.View());
    const torch::Tensor records = arena.Get(kRecords, {model.count(), kernels::kRecordSize});
    tally.Add(CameraCenterInWorld(camera), Column(tensors.gradient.sh_dc, 0, 1 / math::kShC0),
              Column(records, kernels::kRecordDepth, 1));
  }
  return tally;
}

FloaterCounts RemoveFloaters(const ModelInTraining& training, const data::Dataset& dataset, const Ranks& ranks,
                             const LogSink& log) {
  Floaters floaters;
  try {
    floaters = FindFloaters(SupportInTraining(training.model, training.optimizer.backend(), dataset));
  } catch (const std::exception& error) {
    if (ranks.count > 1 || !IsOutOfMemory(error)) throw;
    floaters.objection = "there is no memory to look for them";
  }
  if (!floaters.objection.empty()) {
    LogWarning(log, StrCat("floaters are not removed: ", floaters.objection));
    return {};
  }
  if (floaters.counts.Floaters() > 0) {
    std::vector<SplatFate> fates;
    fates.reserve(floaters.verdicts.size());
    for (const Support verdict : floaters.verdicts) {
      fates.push_back(verdict == Support::kSupported ? SplatFate::kKeep : SplatFate::kRemove);
    }
    ApplyFates(training.model, training.optimizer, fates, training.random);
  }
  LogInfo(log, StrCat("Floaters: removed ", TextOf(floaters.counts)));
  return floaters.counts;
}

bool RemovesFloatersAfter(const TrainConfig& config, int step, int steps) {
  if (config.remove_floaters != "on") return false;
  return step == steps || step == ScaledSteps(config.density.refine_until, steps);
}

}  // namespace splat::train
