#include "train/density_ops.h"

#include <limits>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/tensor_view.h"
#include "rasterizer/torch_device.h"

namespace splat::train {
namespace {

constexpr int kOpacityTensor = 3;  // place of opacity_logits in SplatModel::Tensors()

// Rows of the model, copied.
SplatModel GatheredModel(const SplatModel& model, const Backend& backend, const torch::Tensor& rows) {
  SplatModel gathered;
  const auto from = model.Tensors();
  const auto to = gathered.Tensors();
  for (size_t i = 0; i < from.size(); ++i) *to[i] = GatherRows(backend, from[i]->detach(), rows);
  return gathered;
}

torch::Tensor EmptyRows(int64_t count, const torch::Device& device) {
  return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64).device(device));
}

}  // namespace

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates,
                const kernels::FateCounts& counts, int64_t limit, Random& random) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  kernels::PlanParams plan;
  plan.count = model.count();
  plan.fates = PointerTo<uint8_t>(fates, {model.count()}, "fates", backend.device);
  plan.counts = counts;
  RowEdit edit;
  edit.from = EmptyRows(plan.Changed(), backend.device);
  edit.to = EmptyRows(plan.Changed(), backend.device);
  edit.moved = plan.Moved();
  edit.rows = counts.Rows();
  edit.limit = limit;
  plan.from = PointerTo<int64_t>(edit.from, {-1}, "from", backend.device);
  plan.to = PointerTo<int64_t>(edit.to, {-1}, "to", backend.device);
  backend.density->plan_rows(scope.context(), plan);

  const SplatModel values = GatheredModel(model, backend, edit.from);
  kernels::ChildrenParams children;
  children.means = PointerTo<float>(values.means, {-1, 3}, "means", backend.device);
  children.log_scales = PointerTo<float>(values.log_scales, {-1, 3}, "log_scales", backend.device);
  children.quats = PointerTo<float>(values.quats, {-1, 4}, "quats", backend.device);
  children.first_child = edit.moved + counts.clones;
  children.children = counts.Children();
  children.random_state = random.state();
  backend.density->draw_children(scope.context(), children);
  optimizer.EditRows(model, values, edit);
  random.Skip(uint64_t(children.children) * kernels::kDrawsPerChild);
}

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random) {
  SPLAT_CHECK(int64_t(fates.size()) == model.count(), "fates: ", fates.size(), " for ", model.count(), " splats");
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(fates.data());
  torch::Tensor host = torch::empty({model.count()}, torch::kUInt8);
  std::copy(bytes, bytes + fates.size(), host.data_ptr<uint8_t>());
  ApplyFates(model, optimizer, host.to(optimizer.backend().device), kernels::CountFates(bytes, model.count()),
             std::numeric_limits<int64_t>::max(), random);
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
  optimizer.PermuteRows(model, rows);
}

}  // namespace splat::train
