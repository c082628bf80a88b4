#include "train/density/density_statistics.h"

#include "rasterizer/torch/torch_device.h"

namespace splat::train {

const DensityStatistics& StatisticsForNextView(DensityState& state, const SplatModel& model, bool absolute) {
  DensityStatistics& statistics = state.statistics;
  const int64_t count = model.count();
  if (!statistics.seen.defined() || statistics.seen.size(0) != count) {
    const auto options = torch::TensorOptions().device(model.means.device());
    statistics.gradient_sum = torch::zeros({count}, options.dtype(torch::kFloat32));
    statistics.seen = torch::zeros({count}, options.dtype(torch::kInt32));
    statistics.absolute = absolute;
    state.views = 0;
  }
  ++state.views;
  return statistics;
}

void ClearStatistics(DensityState& state) {
  state.statistics = {};
  state.views = 0;
}

void SumStatistics(DensityState& state, const Ranks& ranks, const Backend& backend) {
  if (ranks.count == 1 || !state.statistics.seen.defined()) return;
  const StageScope scope(backend.device);
  ranks.sum(scope.context(), state.statistics.gradient_sum);
  ranks.sum(scope.context(), state.statistics.seen);
  state.views *= ranks.count;  // each rank has made the same steps
}

int64_t MostSplatsAfterDensification(const DensityState& state, int64_t count, double visible_per_pixel,
                                     const DensityLimits& limits) {
  if (visible_per_pixel == 0 || state.views == 0 || !state.statistics.seen.defined()) return limits.gaussians;
  const double seen = double(state.statistics.seen.sum(torch::kInt64).item<int64_t>()) / state.views;
  if (seen == 0) return limits.gaussians;
  const double fits = double(count) * visible_per_pixel * double(limits.pixels) / seen;
  return fits < double(limits.gaussians) ? int64_t(fits) : limits.gaussians;
}

}  // namespace splat::train
