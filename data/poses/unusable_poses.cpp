#include "data/poses/unusable_poses.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/format.h"

namespace splat::data {

void CheckAnyIsUsable(const std::vector<PosedPhoto>& photos) {
  const bool any = std::any_of(photos.begin(), photos.end(), [](const auto& photo) { return photo.problem.empty(); });
  SPLAT_CHECK(any || photos.empty(), photos.front().problem);
}

void SortAndKeepOneOfEachName(const std::string& path, std::vector<PosedPhoto>& photos,
                              std::vector<std::string>& warnings) {
  const auto key = [](const PosedPhoto& photo) {
    return std::tuple<const std::string&, bool, bool>(photo.name, !photo.problem.empty(), photo.split == Split::kTest);
  };
  std::stable_sort(photos.begin(), photos.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  std::vector<PosedPhoto> kept;
  std::vector<std::string> repeated;
  for (PosedPhoto& photo : photos) {
    if (kept.empty() || kept.back().name != photo.name) {
      kept.push_back(std::move(photo));
    } else if (repeated.empty() || repeated.back() != photo.name) {
      repeated.push_back(photo.name);
    }
  }
  photos = std::move(kept);
  if (repeated.empty()) return;
  warnings.push_back(
      StrCat(path, ": has more than one entry for ", NamesInBrief(repeated), "; the first one of each counts"));
}

}  // namespace splat::data
