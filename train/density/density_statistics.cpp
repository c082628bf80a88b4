#include "train/density/density_statistics.h"

namespace splat::train {

const DensityStatistics& StatisticsCollector::ForNextView(const SplatModel& model, bool absolute) {
  const int64_t count = model.count();
  if (!statistics_.seen.defined() || statistics_.seen.size(0) != count) {
    const auto options = torch::TensorOptions().device(model.means.device());
    statistics_.gradient_sum = torch::zeros({count}, options.dtype(torch::kFloat32));
    statistics_.seen = torch::zeros({count}, options.dtype(torch::kInt32));
    statistics_.absolute = absolute;
    views_ = 0;
  }
  ++views_;
  return statistics_;
}

void StatisticsCollector::Clear() {
  statistics_ = {};
  views_ = 0;
}

int64_t StatisticsCollector::LimitOf(int64_t count, double visible_per_pixel, const DensityLimits& limits) const {
  if (visible_per_pixel == 0 || views_ == 0 || !statistics_.seen.defined()) return limits.gaussians;
  const double seen = double(statistics_.seen.sum(torch::kInt64).item<int64_t>()) / views_;
  if (seen == 0) return limits.gaussians;
  const double fits = double(count) * visible_per_pixel * double(limits.pixels) / seen;
  return fits < double(limits.gaussians) ? int64_t(fits) : limits.gaussians;
}

}  // namespace splat::train
