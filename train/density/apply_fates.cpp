#include "train/density/apply_fates.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const torch::Tensor& fates, const FateCounts& counts,
                int64_t limit, Random& random) {
  const Backend& backend = optimizer.backend();
  const StageScope scope(backend.device);
  PlanParams plan;
  plan.count = model.count();
  plan.fates = PointerTo<uint8_t>(fates, {model.count()}, "fates", backend.device);
  plan.counts = counts;
  RowEdit edit = MakeRowEdit(plan.Changed(), backend);
  edit.moved = plan.Moved();
  edit.rows = counts.Rows();
  edit.limit = limit;
  plan.from = PointerTo<int64_t>(edit.from, {-1}, "from", backend.device);
  plan.to = PointerTo<int64_t>(edit.to, {-1}, "to", backend.device);
  backend.density.plan_rows(scope.context(), plan);

  const SplatModel values = GatherRows(backend, model, edit.from);
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

}  // namespace splat::train
