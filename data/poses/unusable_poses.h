// A camera or pose that cannot be used costs its photo, and not the other photos of a file.
#pragma once

#include <string>
#include <vector>

#include "core/check.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Runs `read`, which fills in the camera or pose of `photo`. The splat::Error that it may throw becomes the photo's
// problem, unless it has one.
template <typename Read>
void ReadOrSayWhy(PosedPhoto& photo, const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (photo.problem.empty()) photo.problem = error.what();
  }
}

// Throws the problem of the first photo if every photo has one.
void CheckAnyIsUsable(const std::vector<PosedPhoto>& photos);

// Sorts the photos of the file at `path` by name and keeps one of each name, with one warning for all: the first in the
// file that can be used, and a photo to train on rather than one that is held out.
void SortAndKeepOneOfEachName(const std::string& path, std::vector<PosedPhoto>& photos,
                              std::vector<std::string>& warnings);

}  // namespace splat::data
