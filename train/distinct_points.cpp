#include "train/distinct_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "core/quantile.h"
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
// Where a point has more copies than these neighbours, their distances do not tell the cloud's spacing. Such copies
// show by a gap: the next neighbour is many times as far away as the last copy. It is looked for behind kLeastGroup
// neighbours, among which there is no such gap by chance, and before kMostGroup. Where kLeastNear of a sample of points
// have one, all points are copies that are no farther away than those of the sample.
constexpr size_t kLeastGroup = 4, kMostGroup = 256;
constexpr double kFarthestCopy = 2;  // x the median distance of the last copies
constexpr size_t kSample = 1000;

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
std::vector<size_t> FirstNearby(const PointTree& tree, const std::vector<Vec3<double>>& points) {
  std::vector<size_t> first(points.size());
  std::iota(first.begin(), first.end(), size_t(0));
  std::vector<size_t> own = first;
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

// The nearest neighbours of a point, of which number 0 is the point itself.
struct Neighbours {
  std::vector<size_t> index = std::vector<size_t>(kMostGroup + 1);
  std::vector<double> squared = std::vector<double>(kMostGroup + 1);  // distances
  size_t found = 0;

  void Find(const PointTree& tree, const Vec3<double>& point) {
    found = tree.Nearest(point, kMostGroup + 1, index.data(), squared.data());
  }
  // The last one before a gap as wide as copies have it; 0: there is none.
  size_t LastCopy() const {
    for (size_t k = kLeastGroup; k + 1 < found; ++k) {
      if (squared[k] <= kCopyShare * kCopyShare * squared[k + 1]) return k;
    }
    return 0;
  }
};

// How far away copies are in a cloud of large groups of them; 0 in another one.
double DistanceOfCopies(const PointTree& tree, const std::vector<Vec3<double>>& points) {
  Neighbours neighbours;
  std::vector<double> distances;
  size_t sampled = 0;
  for (size_t i = 0; i < points.size(); i += std::max<size_t>(1, points.size() / kSample)) {
    ++sampled;
    neighbours.Find(tree, points[i]);
    const size_t last = neighbours.LastCopy();
    if (last > 0) distances.push_back(std::sqrt(neighbours.squared[last]));
  }
  if (distances.empty() || double(distances.size()) < kLeastNear * double(sampled)) return 0;
  return kFarthestCopy * Median(std::move(distances));
}

// The first copy of each point in a cloud of large groups of copies, which are up to `farthest` away.
std::vector<size_t> FirstInGroup(const PointTree& tree, const std::vector<Vec3<double>>& points, double farthest) {
  std::vector<size_t> first(points.size());
  std::iota(first.begin(), first.end(), size_t(0));
  Neighbours neighbours;
  for (size_t i = 0; i < points.size(); ++i) {
    if (first[i] != i) continue;
    neighbours.Find(tree, points[i]);
    for (size_t k = 1; k < neighbours.found && neighbours.squared[k] <= farthest * farthest; ++k) {
      const size_t copy = neighbours.index[k];
      if (copy > i && first[copy] == copy) first[copy] = i;
    }
  }
  return first;
}

}  // namespace

data::PointCloud DistinctPoints(const data::PointCloud& cloud, double extent) {
  const data::PointCloud places = Merged(cloud, FirstInPlace(cloud.positions, extent));
  const PointTree tree(places.positions);
  const double farthest = DistanceOfCopies(tree, places.positions);
  if (farthest == 0) return Merged(places, FirstNearby(tree, places.positions));
  const data::PointCloud groups = Merged(places, FirstInGroup(tree, places.positions, farthest));
  return Merged(groups, FirstNearby(PointTree(groups.positions), groups.positions));
}

}  // namespace splat::train
