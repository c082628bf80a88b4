#include "train/point_spacing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/quantile.h"
#include "train/point_tree.h"

namespace splat::train {
namespace {

constexpr size_t kNeighbours = 3, kMostCopies = 16, kSample = 1000;
// Let d[k] be the distance to the neighbour k. For points scattered evenly on a surface (d[k] / d[k + 1])^(2 k) is
// uniform in 0..1, so minus its logarithm has the mean 1 for each k. Reconstructions measured 0.8 to 1.2 from k = 2 on,
// and up to 1.7 for k = 1: they have pairs, which do no harm.
// Where each point has m near-copies it is more for k = m - 1, because the gap between copies and other places is
// there. Values are cut, so that few points with wide gaps do not speak for all.
constexpr double kLeastGap = 1.5, kMostGap = 6;
// Points in rows have gaps, too, but are not crowded. The spacing by the neighbours m, 2 m and 3 m is sqrt(m) times
// that by 1, 2 and 3 on an even surface, less in rows, and this much more at least where there are near-copies.
constexpr double kLeastCrowding = 1.25;

// Mean distance to the neighbours step, 2 step and 3 step.
double Spacing(const PointTree& tree, const Vec3<double>& point, size_t step) {
  std::array<size_t, kNeighbours * kMostCopies + 1> index;
  std::array<double, kNeighbours * kMostCopies + 1> squared;
  const size_t found = tree.Nearest(point, kNeighbours * step + 1, index.data(), squared.data());
  double sum = 0;
  for (size_t k = step; k < found; k += step) sum += std::sqrt(squared[k]);  // number 0 is the point itself, at 0
  const size_t count = (found - 1) / step;
  return count > 0 ? sum / double(count) : 0;
}

// How many near-copies the points may have, by the widest gap between neighbours; 1 if there is none.
size_t CopiesByGap(const PointTree& tree, const std::vector<Vec3<double>>& sample) {
  std::array<double, kMostCopies> sums = {};
  for (const Vec3<double>& point : sample) {
    std::array<size_t, kMostCopies + 1> index;
    std::array<double, kMostCopies + 1> squared;
    tree.Nearest(point, kMostCopies + 1, index.data(), squared.data());
    for (size_t k = 2; k < kMostCopies; ++k) {
      sums[k] += std::min(kMostGap, double(k) * std::log(squared[k + 1] / squared[k]));
    }
  }
  const auto widest = std::max_element(sums.begin(), sums.end());
  return *widest < kLeastGap * double(sample.size()) ? 1 : size_t(widest - sums.begin()) + 1;
}

// How many near-copies each point has, itself included, so that places are that many neighbours apart.
size_t CopiesOfEach(const PointTree& tree, const std::vector<Vec3<double>>& points) {
  if (points.size() <= kNeighbours * kMostCopies) return 1;
  std::vector<Vec3<double>> sample;
  for (size_t i = 0; i < points.size(); i += std::max<size_t>(1, points.size() / kSample)) sample.push_back(points[i]);
  const size_t copies = CopiesByGap(tree, sample);
  if (copies == 1) return 1;
  std::vector<double> crowding;
  crowding.reserve(sample.size());
  for (const Vec3<double>& point : sample) {
    crowding.push_back(Spacing(tree, point, copies) / Spacing(tree, point, 1));
  }
  return Median(std::move(crowding)) < kLeastCrowding * std::sqrt(double(copies)) ? 1 : copies;
}

}  // namespace

std::vector<double> PointSpacing(const std::vector<Vec3<double>>& points) {
  const PointTree tree(points);
  const size_t step = CopiesOfEach(tree, points);
  std::vector<double> spacing;
  spacing.reserve(points.size());
  for (const Vec3<double>& point : points) spacing.push_back(Spacing(tree, point, step));
  return spacing;
}

}  // namespace splat::train
