#include "train/photo_loading.h"

#include <algorithm>

#include "core/machine_limits.h"
#include "rasterizer/torch/process_executor.h"

namespace splat::train {
namespace {

constexpr int kMostDecodingThreads = 8;

}  // namespace

int64_t MostPixels(const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t most = 0;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    most = std::max(most, int64_t(camera.width) * camera.height);
  }
  return most;
}

data::ViewLoader::Options LoadingFor(const Backend& backend, const TrainConfig& config) {
  data::ViewLoader::Options options;
  options.cache_bytes = std::min(int64_t(config.cache_gigabytes * 1e9), UsableMemory().free / 4);
  const int cores = ProcessExecutor().Threads();
  options.threads = std::clamp(backend.is_device ? cores : cores / 2, 1, kMostDecodingThreads);
  options.prefetch = std::max(options.prefetch, 2 * options.threads);
  return options;
}

}  // namespace splat::train
