#include "bench/device_info.h"

#include <sys/resource.h>

#include <algorithm>

#include "bench/timeline.h"

namespace splat::bench {
namespace {

constexpr int kCopies = 12;
constexpr int64_t kCopyBytesGpu = int64_t(2) << 30;
constexpr int64_t kCopyBytesCpu = int64_t(64) << 20;

}  // namespace

DeviceInfo InfoOf(const torch::Device& device) {
  return device.is_cuda() ? GpuInfo(device.index()) : DeviceInfo{device.str(), {}};
}

double CopyBandwidth(const torch::Device& device) {
  const int64_t bytes = device.is_cuda() ? kCopyBytesGpu : kCopyBytesCpu;
  const torch::Tensor from = torch::ones({bytes}, torch::TensorOptions().dtype(torch::kUInt8).device(device));
  const torch::Tensor to = torch::zeros_like(from);
  Timeline timeline(device);
  double best_ms = 0;
  for (int i = 0; i < kCopies; ++i) {
    const int begin = timeline.Mark();
    to.copy_(from);
    const double ms = timeline.MillisecondsBetween(begin, timeline.Mark());
    best_ms = i == 0 ? ms : std::min(best_ms, ms);
  }
  return 2e3 * double(bytes) / best_ms;
}

int64_t PeakMemory(const torch::Device& device) {
  if (device.is_cuda()) return PeakGpuMemory(device.index());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

void ResetPeakMemory(const torch::Device& device) {
  if (device.is_cuda()) ResetPeakGpuMemory(device.index());
}

}  // namespace splat::bench
