#include "data/poses/unusable_poses.h"

#include <algorithm>

namespace splat::data {

void CheckAnyIsUsable(const std::vector<PosedPhoto>& photos) {
  const bool any = std::any_of(photos.begin(), photos.end(), [](const auto& photo) { return photo.problem.empty(); });
  SPLAT_CHECK(any || photos.empty(), photos.front().problem);
}

}  // namespace splat::data
