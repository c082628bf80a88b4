#include "train/density/morton_sort.h"

#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

// Every 1,000 steps of a run of 30,000. Sorting moves as many bytes as Adam does in a step.
constexpr int kDensificationsPerSort = 10;

}  // namespace

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
  const torch::Tensor rows = torch::empty({model.count()}, means.options().dtype(torch::kInt64));
  params.rows = rows.data_ptr<int64_t>();
  backend.density.morton_order(scope.context(), params);
  optimizer.PermuteRows(model, rows);
}

}  // namespace splat::train
