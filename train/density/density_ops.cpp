#include "train/density/density_ops.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

// Every 1,000 steps of a run of 30,000. Sorting moves as many bytes as Adam does in a step.
constexpr int kDensificationsPerSort = 10;

// Rows of the model, copied.
SplatModel GatheredModel(const SplatModel& model, const Backend& backend, const torch::Tensor& rows) {
  SplatModel gathered;
  for (int array = 0; array < kSplatArrays; ++array) gathered[array] = GatherRows(backend, model[array].detach(), rows);
  return gathered;
}

torch::Tensor EmptyRows(int64_t count, const torch::Device& device) {
  return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64).device(device));
}

torch::Tensor EmptyInts(int64_t count, const torch::Device& device) {
  return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt32).device(device));
}

// The live splats' chances and the places of the dead.
struct Weighed {
  torch::Tensor weight_sums, dead_sums;
  int64_t dead = 0;
};

Weighed WeighSplats(const SplatModel& model, const Backend& backend, const StageScope& scope, float dead_logit) {
  const int64_t count = model.count();
  Weighed weighed = {EmptyRows(count, backend.device), EmptyInts(count, backend.device)};
  WeighParams params;
  params.splats = SplatsViewOf(model);
  params.dead_logit = dead_logit;
  // LibTorch has no unsigned numbers of 64 bits.
  params.weight_sums = reinterpret_cast<uint64_t*>(weighed.weight_sums.data_ptr<int64_t>());
  params.dead_sums = weighed.dead_sums.data_ptr<int32_t>();
  weighed.dead = backend.density.weigh_splats(scope.context(), params);
  return weighed;
}

// The edit, and by how many splats the opacity of each of its rows is shared.
struct Drawn {
  RowEdit edit;
  torch::Tensor copies;
};

Drawn DrawSources(const Backend& backend, const StageScope& scope, const Weighed& weighed, int64_t revived,
                  int64_t added, const Random& random) {
  DrawParams params;
  params.count = weighed.dead_sums.size(0);
  params.weight_sums = reinterpret_cast<const uint64_t*>(weighed.weight_sums.data_ptr<int64_t>());
  params.dead_sums = weighed.dead_sums.data_ptr<int32_t>();
  params.revived = revived;
  params.added = added;
  params.random_state = random.state();
  const int64_t changed = 2 * params.Draws();
  Drawn drawn;
  drawn.copies = EmptyInts(changed, backend.device);
  drawn.edit.from = EmptyRows(changed, backend.device);
  drawn.edit.to = EmptyRows(changed, backend.device);
  drawn.edit.rows = params.count + added;
  params.copies = drawn.copies.data_ptr<int32_t>();
  params.from = drawn.edit.from.data_ptr<int64_t>();
  params.to = drawn.edit.to.data_ptr<int64_t>();
  backend.density.draw_sources(scope.context(), params);
  return drawn;
}

}  // namespace

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates, const FateCounts& counts,
                int64_t limit, Random& random) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  PlanParams plan;
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
  backend.density.plan_rows(scope.context(), plan);

  const SplatModel values = GatheredModel(model, backend, edit.from);
  ChildrenParams children;
  children.means = PointerTo<float>(values.means, {-1, 3}, "means", backend.device);
  children.log_scales = PointerTo<float>(values.log_scales, {-1, 3}, "log_scales", backend.device);
  children.quats = PointerTo<float>(values.quats, {-1, 4}, "quats", backend.device);
  children.first_child = edit.moved + counts.clones;
  children.children = counts.Children();
  children.random_state = random.state();
  backend.density.draw_children(scope.context(), children);
  optimizer.EditRows(model, values, edit);
  random.Skip(uint64_t(children.children) * kDrawsPerChild);
}

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random) {
  SPLAT_CHECK(int64_t(fates.size()) == model.count(), "fates: ", fates.size(), " for ", model.count(), " splats");
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(fates.data());
  torch::Tensor host = torch::empty({model.count()}, torch::kUInt8);
  std::copy(bytes, bytes + fates.size(), host.data_ptr<uint8_t>());
  ApplyFates(model, optimizer, host.to(optimizer.backend().device), CountFates(bytes, model.count()),
             std::numeric_limits<int64_t>::max(), random);
}

bool Relocate(SplatModel& model, ModelOptimizer& optimizer, const RelocationGoal& goal, Random& random) {
  const int64_t count = model.count();
  SPLAT_CHECK(goal.rows >= count, "Relocate: ", goal.rows, " rows wanted, but the model has ", count);
  if (count == 0) return false;
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  const float dead_logit = float(math::Logit(goal.dead_opacity));
  const Weighed weighed = WeighSplats(model, backend, scope, dead_logit);
  const int64_t most = std::max<int64_t>(1, count / 2);
  const int64_t revived = std::min(weighed.dead, most), added = std::min(goal.rows - count, most - revived);
  if (weighed.dead == count || revived + added == 0) return false;

  Drawn drawn = DrawSources(backend, scope, weighed, revived, added, random);
  drawn.edit.limit = goal.limit;
  const SplatModel values = GatheredModel(model, backend, drawn.edit.from);
  ShareParams share;
  share.rows = values.count();
  share.copies = drawn.copies.data_ptr<int32_t>();
  share.least_logit = dead_logit;
  share.opacity_logits = values.opacity_logits.data_ptr<float>();
  share.log_scales = values.log_scales.data_ptr<float>();
  backend.density.share_opacity(scope.context(), share);
  optimizer.EditRows(model, values, drawn.edit);
  random.Skip(uint64_t(revived + added));
  return true;
}

void AddNoise(SplatModel& model, const Backend& backend, double rate, Random& random) {
  const int64_t count = model.count();
  const StageScope scope(backend.device);
  NoiseParams params;
  params.count = count;
  params.opacity_logits = PointerTo<float>(model.opacity_logits, {count}, "opacity_logits", backend.device);
  params.log_scales = PointerTo<float>(model.log_scales, {count, 3}, "log_scales", backend.device);
  params.quats = PointerTo<float>(model.quats, {count, 4}, "quats", backend.device);
  params.means = PointerTo<float>(model.means, {count, 3}, "means", backend.device);
  params.rate = float(rate);
  params.random_state = random.state();
  backend.density.add_noise(scope.context(), params);
  random.Skip(uint64_t(count) * kDrawsPerNoise);
}

bool SortsAfter(int densifications, const Backend& backend) {
  return backend.is_device && densifications % kDensificationsPerSort == 0;
}

void SortByMortonCode(SplatModel& model, ModelOptimizer& optimizer) {
  if (model.count() == 0) return;
  const Backend& backend = optimizer.backend();
  const torch::Tensor means = model.means.detach();
  const torch::Tensor low = std::get<0>(means.min(0)).cpu(), high = std::get<0>(means.max(0)).cpu();
  const float *l = low.data_ptr<float>(), *h = high.data_ptr<float>();
  const StageScope scope(backend.device);
  MortonParams params;
  params.count = model.count();
  params.means = means.data_ptr<float>();
  params.low = {l[0], l[1], l[2]};
  params.high = {h[0], h[1], h[2]};
  const torch::Tensor rows = EmptyRows(model.count(), backend.device);
  params.rows = rows.data_ptr<int64_t>();
  backend.density.morton_order(scope.context(), params);
  optimizer.PermuteRows(model, rows);
}

}  // namespace splat::train
