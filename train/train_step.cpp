#include "train/train_step.h"

#include <algorithm>
#include <utility>

#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_view.h"
#include "train/kernels/loss/photometric_loss_math.h"

namespace splat::train {
namespace {

constexpr int64_t kLossSums = 2;  // numbers of LossSums
static_assert(sizeof(LossSums) == kLossSums * sizeof(double), "the sums begin the tensor as two numbers");

DensityStatsView StatisticsView(const StepInput& input, int64_t splats, const torch::Device& device) {
  const DensityStatistics& s = input.statistics;
  if (!s.gradient_sum.defined()) return {};
  return {PointerTo<float>(s.gradient_sum, {splats}, "gradient_sum", device),
          PointerTo<int32_t>(s.seen, {splats}, "seen", device), 0.5f * float(input.target.camera.width),
          0.5f * float(input.target.camera.height), s.absolute};
}

// The weights are those of means over opacities and over scales.
SplatPenalty PenaltyOf(const LossConfig& loss, int64_t splats) {
  const double count = double(std::max<int64_t>(1, splats));
  return {float(loss.opacity_weight / count), float(loss.scale_weight / (3 * count))};
}

}  // namespace

TrainStep::TrainStep(const Backend& backend, LossTerms terms, std::unique_ptr<Update> update)
    : backend_(backend),
      terms_(std::move(terms)),
      update_(update ? std::move(update) : MakeFusedUpdate(backend)),
      scratch_(backend.device),
      workspace_(backend.device),
      sums_(torch::zeros({kLossSums + terms_.loss_count() + 1},
                         torch::TensorOptions().dtype(torch::kFloat64).device(backend.device))),
      host_sums_(backend.device, size_t(sums_.numel()) * sizeof(double)) {}

TrainStep::ComparedImage TrainStep::QueueLossOf(const KernelContext& context,
                                                const kernels::PixelsView<float>& rendered, const StepInput& input) {
  const Target& target = input.target;
  const int64_t h = target.camera.height, w = target.camera.width;
  float* const grad_image = static_cast<float*>(workspace_.Buffer(kGradImage, size_t(3 * h * w) * sizeof(float)));
  float* grad_depth = nullptr;
  if (terms_.uses_depth()) {
    grad_depth = static_cast<float*>(workspace_.Buffer(kGradDepth, size_t(h * w) * sizeof(float)));
    torch::from_blob(grad_depth, {h, w}, torch::TensorOptions(torch::kFloat32).device(backend_.device)).zero_();
  }
  double* sums = sums_.data_ptr<double>();
  LossParams loss;
  loss.width = target.camera.width;
  loss.height = target.camera.height;
  loss.image = terms_.Forward(context, {&target, rendered.image, rendered.depth}, sums + kLossSums);
  loss.target = PointerTo<uint8_t>(target.pixels, {h, w, 3}, "photo", backend_.device);
  if (target.weights.defined()) loss.weights = PointerTo<uint8_t>(target.weights, {h, w}, "mask", backend_.device);
  loss.ssim_weight = ssim_weight_ = input.loss.ssim_weight;
  loss.grad_image = grad_image;
  backend_.loss(context, loss, reinterpret_cast<LossSums*>(sums));
  terms_.Backward(context, grad_image, grad_depth);
  return {loss.image, {grad_image, nullptr, grad_depth}};
}

TrainStep::Gradient TrainStep::QueuePasses(const KernelContext& context, const PassInput<float>& scene,
                                           const StepInput& input) {
  scratch_.Rewind();
  const Pipeline<float> pipeline = {backend_.render, context, workspace_, &workspace_};
  const PassResult<float> forward = pipeline.Forward(scene);
  const ComparedImage compared = QueueLossOf(context, forward.blend.out, input);
  return {pipeline.Backward(forward, compared.grad, input.statistics.absolute), forward.blend.out, compared.image,
          compared.grad.image, forward.predicted};
}

void TrainStep::QueuePoseLoss(const KernelContext& context, const Gradient& gradient, const StepInput& input) {
  const kernels::ProjectBackwardParams<float>& backward = gradient.backward;
  backend_.render.camera_gradient(context, {backward.forward, backward.slot_begin, backward.slots, input.pose_loss});
  PoseCurvatureParams curvature;
  curvature.camera = input.target.camera;
  curvature.image = gradient.rendered.image;
  curvature.alpha = gradient.rendered.alpha;
  curvature.depth = gradient.rendered.depth;
  curvature.compared = gradient.compared;
  curvature.photo = input.target.pixels.data_ptr<uint8_t>();
  curvature.grad_image = gradient.grad_image;
  curvature.curvature = input.pose_loss + kCameraNumbers;
  curvature.numbers = input.curvature_numbers;
  backend_.pose_curvature(context, curvature);
}

ViewGradient TrainStep::QueueView(const KernelContext& context, const SplatModel& model, const StepInput& input) {
  SceneTensors tensors = SceneOf(model, input.target.camera, input.settings);
  tensors.with_depth = terms_.uses_depth() || input.pose_loss;
  const PassInput<float> scene = PassInputOf(tensors);
  Gradient gradient = QueuePasses(context, scene, input);
  // The count has long been there when the GPU comes to the end of what is queued, so that it does not idle.
  while (gradient.predicted && !workspace_.HadRoom()) gradient = QueuePasses(context, scene, input);
  if (input.pose_loss) QueuePoseLoss(context, gradient, input);
  // The arrays are the model's and the workspace's.
  return {gradient.backward, StatisticsView(input, model.count(), backend_.device)};
}

void TrainStep::Run(SplatModel& model, ModelOptimizer& optimizer, const StepInput& input) {
  const StageScope scope(backend_.device);
  KernelContext context = scope.context();
  context.scratch = &scratch_;
  const ViewGradient view = QueueView(context, model, input);
  update_->Finish(context, view,
                  {&model, &optimizer, input.rates, PenaltyOf(input.loss, model.count()), UnusableStepOnDevice()});
  terms_.Update(context);  // where the model's step throws, nothing has moved
}

void TrainStep::AddView(const SplatModel& model, const StepInput& input) {
  const StageScope scope(backend_.device);
  KernelContext context = scope.context();
  context.scratch = &scratch_;
  update_->Add(context, QueueView(context, model, input));
  terms_.Update(context);
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
  double loss = LossOfMeans(sums[0], sums[1], queued_ssim_weight_);
  for (int64_t term = 0; term < terms_.loss_count(); ++term) loss += sums[kLossSums + term];
  last_unusable_step_ = int64_t(sums[sums_.numel() - 1]);
  return loss;
}

}  // namespace splat::train
