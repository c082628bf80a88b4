#include "formats/quantize/codebook.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace splat::formats {
namespace {

constexpr size_t kLevels = 256;
constexpr size_t kGroups = 4096;  // of equally many values, by whose widths the density is known
constexpr int kSteps = 40;        // of Lloyd's algorithm at most

// `sorted` ascending, more than kLevels values. Width^(2/3) of a group is the cube root of its density times its width.
std::vector<float> InitialLevels(const std::vector<float>& sorted) {
  const size_t groups = std::min(kGroups, sorted.size() - 1);
  const auto edge = [&](size_t group) { return double(sorted[group * (sorted.size() - 1) / groups]); };
  std::vector<double> mass(groups + 1, 0.0);  // up to each group
  for (size_t g = 0; g < groups; ++g) mass[g + 1] = mass[g] + std::pow(edge(g + 1) - edge(g), 2.0 / 3);
  std::vector<float> levels;
  for (size_t level = 0, g = 0; level < kLevels; ++level) {
    const double target = mass[groups] * (double(level) + 0.5) / kLevels;
    while (g + 1 < groups && mass[g + 1] < target) ++g;
    const double share = mass[g + 1] > mass[g] ? (target - mass[g]) / (mass[g + 1] - mass[g]) : 0;
    levels.push_back(float(edge(g) + share * (edge(g + 1) - edge(g))));
  }
  return levels;
}

std::vector<float> BoundsBetween(const std::vector<float>& levels) {
  std::vector<float> bounds;
  for (size_t i = 1; i < levels.size(); ++i) bounds.push_back(float((double(levels[i - 1]) + levels[i]) / 2));
  return bounds;
}

// Moves each level to the mean of the values nearest to it, until nothing changes.
void Improve(const std::vector<float>& sorted, std::vector<float>& levels) {
  std::vector<double> sums(sorted.size() + 1, 0.0);
  for (size_t i = 0; i < sorted.size(); ++i) sums[i + 1] = sums[i] + sorted[i];
  for (int step = 0; step < kSteps; ++step) {
    const std::vector<float> bounds = BoundsBetween(levels), before = levels;
    size_t begin = 0;
    for (size_t level = 0; level < levels.size(); ++level) {
      const size_t end =
          level < bounds.size()
              ? size_t(std::lower_bound(sorted.begin() + std::ptrdiff_t(begin), sorted.end(), bounds[level]) -
                       sorted.begin())
              : sorted.size();
      if (end > begin) levels[level] = float((sums[end] - sums[begin]) / double(end - begin));
      begin = end;
    }
    std::sort(levels.begin(), levels.end());
    if (levels == before) return;
  }
}

}  // namespace

Codebook::Codebook(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  std::vector<float> levels = values;
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  if (levels.size() > kLevels) {
    levels = InitialLevels(values);
    Improve(values, levels);
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  }
  if (levels.empty()) levels.push_back(0);
  bounds_ = BoundsBetween(levels);
  for (size_t level = 0; level < levels.size(); ++level) {
    const size_t begin = level * kLevels / levels.size(), end = (level + 1) * kLevels / levels.size();
    std::fill(levels_.begin() + std::ptrdiff_t(begin), levels_.begin() + std::ptrdiff_t(end), levels[level]);
    labels_.push_back(uint8_t((begin + end - 1) / 2));
  }
}

uint8_t Codebook::Label(float value) const {
  return labels_[size_t(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin())];
}

}  // namespace splat::formats
