#include "train/initial_splats.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "rasterizer/math/sh_degree.h"
#include "train/distinct_points.h"
#include "train/point_spacing.h"
#include "train/random_points.h"

namespace splat::train {
namespace {

// Bounds of an initial scale, x extent.
constexpr double kMinScale = 1e-5, kMaxScale = 0.1;
// The scale of a lone point, which has no neighbour to tell it, x extent.
constexpr double kLoneScale = 0.01;
// The least initial value of a channel, 0..1: at 0 the clamp to displayable light would let no gradient through, and
// the splat would stay as dark as its point.
constexpr double kMinColor = 0.5 / 255;

// The points of the dataset, and random ones where it has none or too few.
data::PointCloud StartingPoints(const data::Dataset& dataset, int64_t random_points, uint64_t seed) {
  if (dataset.points.positions.empty()) return RandomPoints(dataset, random_points, seed);
  data::PointCloud cloud = DistinctPoints(dataset.points, dataset.extent);
  if (!dataset.few_points) return cloud;
  const data::PointCloud random = RandomPoints(dataset, random_points, seed);
  cloud.positions.insert(cloud.positions.end(), random.positions.begin(), random.positions.end());
  cloud.colors.insert(cloud.colors.end(), random.colors.begin(), random.colors.end());
  return cloud;
}

}  // namespace

int64_t InitialSplatCount(const data::Dataset& dataset, const InitConfig& config) {
  const auto points = int64_t(DistinctPoints(dataset.points, dataset.extent).positions.size());
  return points + (points == 0 || dataset.few_points ? config.random_points : 0);
}

SplatModel InitialModel(const data::Dataset& dataset, const InitConfig& config, uint64_t seed) {
  const data::PointCloud cloud = StartingPoints(dataset, config.random_points, seed);
  const int64_t n = int64_t(cloud.positions.size());
  const std::vector<double> distances = PointSpacing(cloud.positions);
  SplatModel model;
  model.means = torch::empty({n, 3});
  model.log_scales = torch::empty({n, 3});
  model.quats = torch::zeros({n, 4});
  model.opacity_logits = torch::full({n}, math::Logit(config.opacity));
  model.sh_dc = torch::empty({n, 3});
  model.sh_rest = torch::zeros({n, math::ShRestCount(config.sh_degree), 3});
  model.quats.select(1, 0).fill_(1);
  float *means = model.means.data_ptr<float>(), *scales = model.log_scales.data_ptr<float>(),
        *dc = model.sh_dc.data_ptr<float>();
  for (int64_t i = 0; i < n; ++i) {
    const Vec3<double>& p = cloud.positions[i];
    const Vec3<uint8_t>& c = cloud.colors[i];
    const double distance = n > 1 ? distances[i] : kLoneScale * dataset.extent;
    const double scale = std::clamp(config.scale * distance, kMinScale * dataset.extent, kMaxScale * dataset.extent);
    const double position[3] = {p.x, p.y, p.z}, color[3] = {c.x / 255.0, c.y / 255.0, c.z / 255.0};
    for (int k = 0; k < 3; ++k) {
      means[3 * i + k] = float(position[k]);
      scales[3 * i + k] = float(std::log(scale));
      dc[3 * i + k] = float(math::ColorToShDc(std::max(color[k], kMinColor)));
    }
  }
  return model;
}

}  // namespace splat::train
