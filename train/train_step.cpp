#include "train/train_step.h"

#include <algorithm>

#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_view.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train {
namespace {

static_assert(sizeof(LossSums) == 2 * sizeof(double), "the sums are a tensor of two numbers");

DensityStatsView StatisticsView(const StepInput& input, int64_t splats, const torch::Device& device) {
  const DensityStatistics& s = input.statistics;
  if (!s.gradient_sum.defined()) return {};
  return {PointerTo<float>(s.gradient_sum, {splats}, "gradient_sum", device),
          PointerTo<int32_t>(s.seen, {splats}, "seen", device), 0.5f * float(input.photo.camera.width),
          0.5f * float(input.photo.camera.height), s.absolute};
}

// The weights are those of means over opacities and over scales.
SplatPenalty PenaltyOf(const LossConfig& loss, int64_t splats) {
  const double count = double(std::max<int64_t>(1, splats));
  return {float(loss.opacity_weight / count), float(loss.scale_weight / (3 * count))};
}

}  // namespace

TrainStep::TrainStep(const Backend& backend)
    : backend_(backend),
      scratch_(backend.device),
      workspace_(backend.device),
      sums_(torch::zeros({2}, torch::TensorOptions().dtype(torch::kFloat64).device(backend.device))),
      host_sums_(backend.device, sizeof(LossSums)) {}

TrainStep::Gradient TrainStep::QueuePasses(const KernelContext& context, const PassInput<float>& scene,
                                           const StepInput& input) {
  scratch_.Rewind();
  const Pipeline<float> pipeline = {backend_.render, context, workspace_, &workspace_};
  const PassResult<float> forward = pipeline.Forward(scene);

  const int64_t h = scene.camera.height, w = scene.camera.width;
  float* const grad = static_cast<float*>(workspace_.Buffer(kGradImage, size_t(3 * h * w) * sizeof(float)));
  LossParams loss;
  loss.width = scene.camera.width;
  loss.height = scene.camera.height;
  loss.image = forward.blend.out.image;
  loss.target = PointerTo<uint8_t>(input.photo.pixels, {h, w, 3}, "photo", backend_.device);
  loss.ssim_weight = ssim_weight_ = input.loss.ssim_weight;
  loss.grad_image = grad;
  backend_.loss(context, loss, reinterpret_cast<LossSums*>(sums_.data_ptr<double>()));

  return {pipeline.Backward(forward, {grad, nullptr, nullptr}, input.statistics.absolute), forward.predicted};
}

void TrainStep::Run(SplatModel& model, ModelOptimizer& optimizer, const StepInput& input) {
  const StageScope scope(backend_.device);
  KernelContext context = scope.context();
  context.scratch = &scratch_;
  SceneTensors scene;
  scene.model = model;
  scene.camera = input.photo.camera;
  const Rgb background = BackgroundOf(input.settings.traits);
  std::copy(background.begin(), background.end(), scene.background.begin());
  scene.with_depth = false;
  scene.options = {input.settings.near, input.settings.far,
                   std::min(input.settings.traits.sh_degree, model.max_sh_degree()), input.settings.traits.antialiased};
  const PassInput<float> views = PassInputOf(scene);
  Gradient gradient = QueuePasses(context, views, input);
  // The count has long been there when the GPU comes to the end of what is queued, so that it does not idle.
  while (gradient.predicted && !workspace_.HadRoom()) gradient = QueuePasses(context, views, input);

  BackwardAdamParams params = optimizer.BeginStep(model, input.rates);
  params.backward = gradient.backward;
  params.density = StatisticsView(input, model.count(), backend_.device);
  colors_varied_ = colors_varied_ || scene.options.sh_degree > 0;
  params.skip_sh_rest = !colors_varied_;
  params.penalty = PenaltyOf(input.loss, model.count());
  backend_.update.backward_and_adam(context, params);
}

double TrainStep::Loss() {
  QueueLoss();
  return QueuedLoss();
}

void TrainStep::QueueLoss() {
  const StageScope scope(backend_.device);
  host_sums_.Queue(scope.context(), sums_.data_ptr());
  queued_ssim_weight_ = ssim_weight_;
}

double TrainStep::QueuedLoss() {
  const double* sums = static_cast<const double*>(host_sums_.Wait());
  return LossOfMeans(sums[0], sums[1], queued_ssim_weight_);
}

}  // namespace splat::train
