#include "train/density/relocation.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

torch::Tensor EmptyTensor(int64_t count, torch::Dtype type, const Backend& backend) {
  return torch::empty({count}, torch::TensorOptions().dtype(type).device(backend.device));
}

// The live splats' chances and the places of the dead.
struct Weighed {
  torch::Tensor weight_sums, dead_sums;
  int64_t dead = 0;
};

Weighed WeighSplats(const SplatModel& model, const Backend& backend, const StageScope& scope, float dead_logit) {
  const int64_t count = model.count();
  Weighed weighed = {EmptyTensor(count, torch::kInt64, backend), EmptyTensor(count, torch::kInt32, backend)};
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
  drawn.copies = EmptyTensor(changed, torch::kInt32, backend);
  drawn.edit = MakeRowEdit(changed, backend);
  drawn.edit.rows = params.count + added;
  params.copies = drawn.copies.data_ptr<int32_t>();
  params.from = drawn.edit.from.data_ptr<int64_t>();
  params.to = drawn.edit.to.data_ptr<int64_t>();
  backend.density.draw_sources(scope.context(), params);
  return drawn;
}

}  // namespace

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
  const SplatModel values = GatherRows(backend, model, drawn.edit.from);
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

}  // namespace splat::train
