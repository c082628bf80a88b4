#include "train/density_ops.h"

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/tensor_view.h"
#include "rasterizer/torch_device.h"

namespace splat::train {
namespace {

constexpr int kOpacityTensor = 3;  // place of opacity_logits in SplatModel::Tensors()

// The model's rows in a new order. Nothing is replaced before all of it is there.
SplatModel GatheredModel(const SplatModel& model, const Backend& backend, const torch::Tensor& rows) {
  SplatModel gathered;
  const auto from = model.Tensors();
  const auto to = gathered.Tensors();
  for (size_t i = 0; i < from.size(); ++i) *to[i] = GatherRows(backend, from[i]->detach(), rows, rows.size(0));
  return gathered;
}

torch::Tensor EmptyRows(int64_t count, const torch::Device& device) {
  return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64).device(device));
}

}  // namespace

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates,
                const kernels::FateCounts& counts, Random& random) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  kernels::PlanParams plan;
  plan.count = model.count();
  plan.fates = PointerTo<uint8_t>(fates, {model.count()}, "fates", backend.device);
  plan.counts = counts;
  const torch::Tensor rows = EmptyRows(counts.Rows(), backend.device);
  plan.rows = PointerTo<int64_t>(rows, {-1}, "rows", backend.device);
  backend.density->plan_rows(scope.context(), plan);

  const bool requires_grad = model.means.requires_grad();
  SplatModel edited = GatheredModel(model, backend, rows);
  optimizer.SelectRows(rows, counts.kept);
  model = edited;

  kernels::ChildrenParams children;
  children.means = PointerTo<float>(model.means, {-1, 3}, "means", backend.device);
  children.log_scales = PointerTo<float>(model.log_scales, {-1, 3}, "log_scales", backend.device);
  children.quats = PointerTo<float>(model.quats, {-1, 4}, "quats", backend.device);
  children.first_child = counts.FirstChild();
  children.children = counts.Children();
  children.random_state = random.state();
  backend.density->draw_children(scope.context(), children);
  random.Skip(uint64_t(children.children) * kernels::kDrawsPerChild);
  SetRequiresGrad(model, requires_grad);
}

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random) {
  SPLAT_CHECK(int64_t(fates.size()) == model.count(), "fates: ", fates.size(), " for ", model.count(), " splats");
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(fates.data());
  torch::Tensor host = torch::empty({model.count()}, torch::kUInt8);
  std::copy(bytes, bytes + fates.size(), host.data_ptr<uint8_t>());
  ApplyFates(model, optimizer, host.to(optimizer.backend().device), kernels::CountFates(bytes, model.count()), random);
}

void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  backend.density->clamp_opacity(scope.context(),
                                 PointerTo<float>(model.opacity_logits, {-1}, "opacity_logits", backend.device),
                                 model.count(), float(math::Logit(opacity)));
  optimizer.ResetMoments(kOpacityTensor);
}

void SortByMortonCode(SplatModel& model, ModelOptimizer& optimizer) {
  if (model.count() == 0) return;
  const Backend& backend = optimizer.backend();
  const torch::Tensor means = model.means.detach();
  const torch::Tensor low = std::get<0>(means.min(0)).cpu(), high = std::get<0>(means.max(0)).cpu();
  const float *l = low.data_ptr<float>(), *h = high.data_ptr<float>();
  const StageScope scope(backend.device);
  kernels::MortonParams params;
  params.count = model.count();
  params.means = means.data_ptr<float>();
  params.low = {l[0], l[1], l[2]};
  params.high = {h[0], h[1], h[2]};
  const torch::Tensor rows = EmptyRows(model.count(), backend.device);
  params.rows = rows.data_ptr<int64_t>();
  backend.density->morton_order(scope.context(), params);

  const bool requires_grad = model.means.requires_grad();
  const SplatModel sorted = GatheredModel(model, backend, rows);
  optimizer.SelectRows(rows, rows.size(0));
  model = sorted;
  SetRequiresGrad(model, requires_grad);
}

}  // namespace splat::train
