// This header reads COLMAP's progress from its own output.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "data/sfm/sfm.h"

namespace splat::data {

struct ColmapLogProgress {
  double fraction = 0;  // 0..1 of the command that is running
  std::string text;     // "12 of 50 photos"
};

// Follows the output of one COLMAP command, in the wording of 3.x and 4.x.
class ColmapLogFollower {
 public:
  ColmapLogFollower(SfmStage stage, size_t photos) : stage_(stage), photos_(photos) {}

  // Progress, if this line tells any. The fraction never falls.
  std::optional<ColmapLogProgress> Follow(const std::string& line);

 private:
  std::optional<ColmapLogProgress> FollowMapper(const std::string& line);

  SfmStage stage_;
  size_t photos_;
  double fraction_ = 0;
  size_t models_ = 0;  // begun by the mapper
};

}  // namespace splat::data
