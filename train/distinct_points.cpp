#include "train/distinct_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "train/point_tree.h"

namespace splat::train {
namespace {

// Points in one cell of this size, x extent, are in the same place.
constexpr double kSamePlace = 1e-6;
// The spacing of a cloud around a point is told by so many neighbours, of which some are copies.
constexpr size_t kSpacingNeighbours = 16;
// Points nearer than this share of the spacing are copies.
constexpr double kCopyShare = 0.05;
// A reconstruction has a few percent of such pairs, which do no harm and stay. Where so many points have one, they are
// copies.
constexpr double kLeastNear = 0.2;

// Merges the points whose first copy, by index, is the same: first[i] <= i, and first[first[i]] == first[i].
data::PointCloud Merged(const data::PointCloud& cloud, const std::vector<size_t>& first) {
  std::vector<std::array<uint64_t, 4>> sums(first.size());  // of the colours, and how many, at the first of the copies
  for (size_t i = 0; i < first.size(); ++i) {
    const Vec3<uint8_t>& color = cloud.colors[i];
    std::array<uint64_t, 4>& sum = sums[first[i]];
    sum = {sum[0] + color.x, sum[1] + color.y, sum[2] + color.z, sum[3] + 1};
  }
  data::PointCloud unique;
  for (size_t i = 0; i < first.size(); ++i) {
    const auto& [red, green, blue, copies] = sums[i];
    if (copies == 0) continue;
    const auto mean = [n = copies](uint64_t sum) { return uint8_t((2 * sum + n) / (2 * n)); };
    unique.positions.push_back(cloud.positions[i]);
    unique.colors.push_back({mean(red), mean(green), mean(blue)});
  }
  return unique;
}

// The first copy of each point among those in the same place.
std::vector<size_t> FirstInPlace(const std::vector<Vec3<double>>& points, double extent) {
  const double cell = kSamePlace * extent;
  const size_t count = points.size();
  std::vector<std::array<double, 3>> cells(count);
  for (size_t i = 0; i < count; ++i) {
    const Vec3<double>& p = points[i];
    cells[i] = {std::floor(p.x / cell), std::floor(p.y / cell), std::floor(p.z / cell)};
  }
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return cells[a] != cells[b] ? cells[a] < cells[b] : a < b; });
  std::vector<size_t> first(count);
  for (size_t k = 0, start = 0; k < count; ++k) {
    if (cells[order[k]] != cells[order[start]]) start = k;
    first[order[k]] = order[start];
  }
  return first;
}

// The first copy of each point among those much nearer to it than the cloud's spacing, which n points on a surface
// within the distance r have at r sqrt(pi / n). In a cloud with few such points each is its own.
std::vector<size_t> FirstNearby(const std::vector<Vec3<double>>& points) {
  constexpr double kPi = 3.14159265358979323846;
  const PointTree tree(points);
  std::vector<size_t> first(points.size());
  std::iota(first.begin(), first.end(), size_t(0));
  const std::vector<size_t> own = first;
  size_t near = 0;  // points that have a copy
  for (size_t i = 0; i < points.size(); ++i) {
    size_t index[kSpacingNeighbours + 1];
    double squared[kSpacingNeighbours + 1];
    const size_t found = tree.Nearest(points[i], kSpacingNeighbours + 1, index, squared);
    if (found <= kSpacingNeighbours) return own;
    const double limit = kCopyShare * kCopyShare * squared[kSpacingNeighbours] * kPi / double(kSpacingNeighbours);
    near += squared[1] < limit ? 1 : 0;
    if (first[i] != i) continue;
    for (size_t k = 1; k < found && squared[k] < limit; ++k) {
      if (index[k] > i && first[index[k]] == index[k]) first[index[k]] = i;
    }
  }
  return double(near) < kLeastNear * double(points.size()) ? own : first;
}

}  // namespace

data::PointCloud DistinctPoints(const data::PointCloud& cloud, double extent) {
  const data::PointCloud distinct = Merged(cloud, FirstInPlace(cloud.positions, extent));
  return Merged(distinct, FirstNearby(distinct.positions));
}

}  // namespace splat::train
