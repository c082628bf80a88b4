#include "train/backend.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::train {
namespace {

constexpr int64_t kFloatsPerSplat = kMostNumbersPerSplat;  // of parameters; as many of either moment
// A step's share of a splat beyond parameters and moments: records, places, and the entries, keys and slots of some
// four instances (on the CPU ten, for the images are small there and splats large in comparison); a quarter more, for
// the memory is kept from step to step and grows with a margin.
constexpr int64_t kStepBytes = (80 + 4 * 84) * 5 / 4;
constexpr int64_t kStepBytesCpu = (64 + 10 * 60) * 5 / 4;
// Parameters and moments have room for the limit and no more (RowBlock). Besides, a refinement needs at most the
// parameters of as many new splats, and the largest tensor twice while it grows by half: 45 numbers of two thirds.
constexpr int64_t kModelBytes = (3 * kFloatsPerSplat + kFloatsPerSplat + 30) * 4;
constexpr int64_t kDeviceBytesPerSplat = kModelBytes + kStepBytes;
constexpr int64_t kCpuBytesPerSplat = kModelBytes + kStepBytesCpu;
constexpr int64_t kMostSplatsCpu = 6000000;
constexpr int64_t kMostSplatsDevice = 100000000;
constexpr int64_t kFewestSplats = 10000;
// Image, gradient, maps of the loss: floats of three channels, five times, and two of one. Two photos.
constexpr int64_t kBytesPerPixel = (5 * 3 + 2) * 4 + 2 * 3;

}  // namespace

Backend CpuBackend() {
  return {CpuKernels(), torch::kCPU};
}

Backend CudaBackend() {
  const std::string why_not = WhyNoCuda();
  SPLAT_CHECK(why_not.empty(), "--device cuda: ", why_not, "; use --device cpu");
  return {*CudaKernels().kernels, torch::Device(torch::kCUDA, 0)};
}

Backend ChooseBackend(const std::string& device) {
  return device == "cuda" || (device == "auto" && CudaIsUsable()) ? CudaBackend() : CpuBackend();
}

DeviceMemory MemoryOf(const Backend& backend) {
  const c10::DeviceGuard guard(backend.device);
  return backend.memory();
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

}  // namespace splat::train
