// This header makes a few small photos of the demonstration scene, which COLMAP places in seconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

#include "capture/capture.h"

namespace splat::testing {

// Neighbours on an orbit of 36 photos: fewer would lie too far apart. Returns the folder of the photos.
inline std::string WriteSmallCapture(const std::string& folder, int photos, uint64_t seed = 1) {
  ThreadPool pool(int(std::max(1u, std::thread::hardware_concurrency())));
  capture::CaptureOptions options;
  options.photos = 36;
  options.width = 320;
  options.height = 240;
  options.seed = seed;
  options.samples_per_side = 1;
  const capture::CaptureResult taken = capture::WriteCapture(options, folder, pool, {});
  for (size_t i = size_t(photos); i < taken.photos.size(); ++i) {
    std::filesystem::remove(std::filesystem::path(taken.photo_folder) / taken.photos[i].name);
  }
  return taken.photo_folder;
}

}  // namespace splat::testing
