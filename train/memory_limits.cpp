#include "train/memory_limits.h"

#include <algorithm>
#include <new>

#include "core/check.h"
#include "train/photo_loading.h"

namespace splat::train {
namespace {

constexpr int64_t kFloatsPerSplat = kMostNumbersPerSplat;  // of parameters; as many of either moment
// A step's share of a splat beyond parameters and moments: records, places, and the entries, keys and slots of some
// four instances (on the CPU ten, for the images are small there and splats large in comparison); a quarter more, for
// the memory is kept from step to step and grows with a margin.
constexpr int64_t kStepBytes = (80 + 4 * 84) * 5 / 4;
constexpr int64_t kStepBytesCpu = (64 + 10 * 60) * 5 / 4;
// Parameters and moments have room for the limit and no more (RowBlock). Besides, densification needs at most the
// parameters of as many new splats, and the largest tensor twice while it grows by half: 45 numbers of two thirds.
constexpr int64_t kModelBytes = (3 * kFloatsPerSplat + kFloatsPerSplat + 30) * 4;
constexpr int64_t kDeviceBytesPerSplat = kModelBytes + kStepBytes;
constexpr int64_t kCpuBytesPerSplat = kModelBytes + kStepBytesCpu;
constexpr int64_t kMostSplatsCpu = 6000000;
constexpr int64_t kMostSplatsDevice = 100000000;
constexpr int64_t kFewestSplats = 10000;
// Floats of a view: the render with its alpha, the image that a term makes of it, the gradient of the image, and the
// derivatives of SSIM (LossBufferSizes). Beside them two photos of 8 bits, each with its weights: one that is trained
// on and one that is on its way.
constexpr int64_t kFloatsPerPixel = (3 + 1) + 3 + 3 + 3 * 3;
constexpr int64_t kPhotosOnTheWay = 2;
constexpr int64_t kBytesPerPixel = kFloatsPerPixel * int64_t(sizeof(float)) + kPhotosOnTheWay * (3 + 1);
constexpr double kPhotoShare = 0.3;  // of a GPU's free memory, at most, for photos

}  // namespace

int64_t PhotoBudget(const Backend& backend, const data::Dataset& dataset, const std::vector<int>& views) {
  int64_t all = 0;
  for (const int index : views) all += data::BytesOf(dataset.views[size_t(index)]);
  return std::min(all, int64_t(kPhotoShare * double(MemoryOf(backend).free)));
}

int64_t MostSplatsFor(const Backend& backend, int64_t pixels, int64_t photo_bytes) {
  const DeviceMemory memory = MemoryOf(backend);
  if (!backend.is_device) {
    return std::clamp<int64_t>(memory.total / 2 / kCpuBytesPerSplat, kFewestSplats, kMostSplatsCpu);
  }
  // A tenth is left to the driver and to fragments.
  const int64_t usable = memory.free / 10 * 9 - pixels * kBytesPerPixel - photo_bytes;
  return std::clamp<int64_t>(usable / kDeviceBytesPerSplat, 0, kMostSplatsDevice);
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

int64_t RoomAtTheStart(const Backend& backend, const data::Dataset& dataset, const DensityConfig& config,
                       int64_t points) {
  const std::vector<int> views = dataset.ViewsOf(Split::kTrain);
  const int64_t fits = MostSplatsFor(backend, MostPixels(dataset, views), PhotoBudget(backend, dataset, views));
  const int64_t held = backend.is_device ? fits / 2 : fits;
  return (config.max_gaussians > 0 ? std::min(config.max_gaussians, held) : held) - points;
}

bool IsOutOfMemory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (!dynamic_cast<const c10::Error*>(&error)) return false;
  // The class of its own that LibTorch has for it is newer than 1.13, and not that of the CPU's allocator.
  const std::string text = error.what();
  for (const char* words : {"out of memory", "not enough memory", "can't allocate memory"}) {
    if (text.find(words) != std::string::npos) return true;
  }
  return false;
}

std::string OutOfMemoryText(const Backend& backend, int64_t splats, const Camera& camera) {
  return StrCat(backend.is_device ? "the GPU's memory" : "the memory", " does not hold ", splats, " splats at ",
                camera.width, " x ", camera.height, " pixels; --max-gaussians ", splats / 4 * 3,
                ", or a larger --downscale, would fit");
}

}  // namespace splat::train
