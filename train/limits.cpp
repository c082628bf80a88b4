#include "train/limits.h"

#include <algorithm>

#include "core/check.h"

namespace splat::train {
namespace {

constexpr double kPhotoShare = 0.3;  // of a GPU's free memory, at most, for photos

}  // namespace

int64_t MostPixels(const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t most = 0;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    most = std::max(most, int64_t(camera.width) * camera.height);
  }
  return most;
}

int64_t PhotoBudget(const Backend& backend, const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t all = 0;
  for (const int index : views) {
    const Camera& camera = dataset.views[size_t(index)].camera;
    all += int64_t(camera.width) * camera.height * 3;
  }
  return std::min(all, int64_t(kPhotoShare * double(MemoryOf(backend).free)));
}

DensityLimits LimitsOf(const Backend& backend, const DensityConfig& config, int64_t pixels, int64_t photo_bytes,
                       int64_t initial_splats) {
  const int64_t fits = MostSplatsFor(backend, pixels, photo_bytes);
  if (backend.is_device) {
    const double gigabytes = double(MemoryOf(backend).free) / 1e9;
    SPLAT_CHECK(initial_splats <= fits, "the GPU has ", gigabytes, " GB free, enough for ", fits, " splats at ", pixels,
                " pixels, but the scene begins with ", initial_splats,
                "; use a larger --downscale, fewer points, or --device cpu");
  }
  return {config.max_gaussians > 0 ? config.max_gaussians : fits, pixels};
}

bool IsOutOfMemory(const std::exception& error) {
  // The class of its own that LibTorch has for it is newer than 1.13.
  const std::string text = error.what();
  return dynamic_cast<const c10::Error*>(&error) && text.find("out of memory") != std::string::npos;
}

std::string OutOfMemoryText(int64_t splats, const Camera& camera) {
  return StrCat("the GPU's memory does not hold ", splats, " splats at ", camera.width, " x ", camera.height,
                " pixels; --max-gaussians ", splats / 4 * 3, ", or a larger --downscale, would fit");
}

}  // namespace splat::train
