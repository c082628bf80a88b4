#include "data/dataset/lens_groups.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace splat::data {
namespace {

constexpr double kSameFocal = 0.05;  // relative

bool SameLens(const Intrinsics& a, const Intrinsics& b) {
  if (a.width != b.width || a.height != b.height || a.params.empty() || b.params.empty()) return false;
  return std::abs(a.params[0] / b.params[0] - 1) <= kSameFocal;
}

}  // namespace

std::vector<int> LensGroups(const std::vector<Intrinsics>& photos) {
  std::vector<int> groups;
  std::vector<const Intrinsics*> first;  // of each group
  for (const Intrinsics& photo : photos) {
    size_t group = 0;
    while (group < first.size() && !SameLens(*first[group], photo)) ++group;
    if (group == first.size()) first.push_back(&photo);
    groups.push_back(int(group));
  }
  return groups;
}

size_t LensCount(const std::vector<View>& views) {
  int last = -1;
  for (const View& view : views) last = std::max(last, view.lens);
  return size_t(last + 1);
}

}  // namespace splat::data
