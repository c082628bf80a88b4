#include "train/init.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nanoflann.hpp>
#include <numeric>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/constants.h"
#include "rasterizer/math/sh.h"

namespace splat::train {
namespace {

constexpr int kNeighbours = 3;
// Half the side of the box for random points, in units of the median distance of the cameras from the point they look
// at: an object that fills the image of a 40-degree lens reaches about a third of the distance to each side.
constexpr double kRandomBox = 0.35;
// Bounds of an initial scale, x extent.
constexpr double kMinScale = 1e-5, kMaxScale = 0.1;
// The scale of a lone point, which has no neighbour to tell it, x extent.
constexpr double kLoneScale = 0.01;

struct CloudAdaptor {
  const std::vector<Vec3<double>>& points;
  size_t kdtree_get_point_count() const { return points.size(); }
  double kdtree_get_pt(size_t i, size_t axis) const {
    return axis == 0 ? points[i].x : (axis == 1 ? points[i].y : points[i].z);
  }
  template <typename Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

// Mean distance of each point to its nearest neighbours (fewer if there are fewer points; 0 for a lone point).
std::vector<double> NeighbourDistances(const std::vector<Vec3<double>>& points) {
  using Tree =
      nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, CloudAdaptor>, CloudAdaptor, 3, size_t>;
  const CloudAdaptor cloud{points};
  Tree tree(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  tree.buildIndex();
  std::vector<double> distances(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    size_t index[kNeighbours + 1];
    double squared[kNeighbours + 1];
    const double query[3] = {points[i].x, points[i].y, points[i].z};
    const size_t found = tree.knnSearch(query, kNeighbours + 1, index, squared);
    double sum = 0;
    for (size_t k = 1; k < found; ++k) sum += std::sqrt(squared[k]);  // the first is the point itself, at 0
    distances[i] = found > 1 ? sum / double(found - 1) : 0;
  }
  return distances;
}

// Points in one cell of this size, x extent, count as one: a splat more in the same place adds nothing, and zero
// distances would say that the splats are tiny.
constexpr double kSamePlace = 1e-6;

// The points without repetitions, in the order of their first appearance, each with the mean colour of its copies.
data::PointCloud WithoutRepetitions(const data::PointCloud& cloud, double extent) {
  const double cell = kSamePlace * extent;
  const size_t count = cloud.positions.size();
  std::vector<std::array<double, 3>> cells(count);
  for (size_t i = 0; i < count; ++i) {
    const Vec3<double>& p = cloud.positions[i];
    cells[i] = {std::floor(p.x / cell), std::floor(p.y / cell), std::floor(p.z / cell)};
  }
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return cells[a] != cells[b] ? cells[a] < cells[b] : a < b; });
  std::vector<std::array<uint64_t, 4>> sums(count);  // of the colours, and how many, at the first of the copies
  for (size_t k = 0, first = 0; k < count; ++k) {
    if (cells[order[k]] != cells[order[first]]) first = k;
    const Vec3<uint8_t>& color = cloud.colors[order[k]];
    std::array<uint64_t, 4>& sum = sums[order[first]];
    sum = {sum[0] + color.x, sum[1] + color.y, sum[2] + color.z, sum[3] + 1};
  }
  data::PointCloud unique;
  for (size_t i = 0; i < count; ++i) {
    const auto& [red, green, blue, copies] = sums[i];
    if (copies == 0) continue;
    const auto mean = [n = copies](uint64_t sum) { return uint8_t((2 * sum + n) / (2 * n)); };
    unique.positions.push_back(cloud.positions[i]);
    unique.colors.push_back({mean(red), mean(green), mean(blue)});
  }
  return unique;
}

double MedianCameraDistance(const data::Dataset& dataset) {
  std::vector<double> distances;
  for (const data::View& view : dataset.views) distances.push_back(Norm(CameraCenterInWorld(view.camera)));
  if (distances.empty()) return 1;
  std::nth_element(distances.begin(), distances.begin() + distances.size() / 2, distances.end());
  return distances[distances.size() / 2];
}

data::PointCloud RandomPoints(const data::Dataset& dataset, int64_t count, uint64_t seed) {
  Random random(seed);
  const double half = kRandomBox * MedianCameraDistance(dataset);
  data::PointCloud cloud;
  for (int64_t i = 0; i < count; ++i) {
    const double x = random.Uniform(-half, half), y = random.Uniform(-half, half), z = random.Uniform(-half, half);
    cloud.positions.push_back({x, y, z});
    cloud.colors.push_back({uint8_t(random.Below(256)), uint8_t(random.Below(256)), uint8_t(random.Below(256))});
  }
  return cloud;
}

// The points of the dataset, and random ones where it has none or too few.
data::PointCloud StartingPoints(const data::Dataset& dataset, int64_t random_points, uint64_t seed) {
  if (dataset.points.positions.empty()) return RandomPoints(dataset, random_points, seed);
  data::PointCloud cloud = WithoutRepetitions(dataset.points, dataset.extent);
  if (!dataset.few_points) return cloud;
  const data::PointCloud random = RandomPoints(dataset, random_points, seed);
  cloud.positions.insert(cloud.positions.end(), random.positions.begin(), random.positions.end());
  cloud.colors.insert(cloud.colors.end(), random.colors.begin(), random.colors.end());
  return cloud;
}

}  // namespace

SplatModel InitialModel(const data::Dataset& dataset, const InitConfig& config, uint64_t seed) {
  const data::PointCloud cloud = StartingPoints(dataset, config.random_points, seed);
  const int64_t n = int64_t(cloud.positions.size());
  const std::vector<double> distances = NeighbourDistances(cloud.positions);
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
      dc[3 * i + k] = float(math::ColorToShDc(color[k]));
    }
  }
  return model;
}

}  // namespace splat::train
