#include "bench/timeline.h"

#include <sys/resource.h>

#if defined(SPLAT_WITH_CUDA)
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#endif

#include <algorithm>

#include "core/check.h"

namespace splat::bench {
namespace {

constexpr int kCopies = 12;
constexpr int64_t kCopyBytesGpu = int64_t(2) << 30;
constexpr int64_t kCopyBytesCpu = int64_t(64) << 20;

#if defined(SPLAT_WITH_CUDA)
void Check(cudaError_t status) {
  SPLAT_CHECK(status == cudaSuccess, "CUDA: ", cudaGetErrorString(status));
}

int Attribute(cudaDeviceAttr attribute, int device) {
  int value = 0;
  Check(cudaDeviceGetAttribute(&value, attribute, device));
  return value;
}

// FP32 lanes of a multiprocessor: 64 of compute capability 7.x and 8.0, 128 of the others from 8.6 on.
int LanesOf(int major, int minor) {
  return major == 7 || (major == 8 && minor == 0) ? 64 : 128;
}
constexpr double kShufflesPerClock = 32;  // of a multiprocessor
#endif

}  // namespace

Timeline::~Timeline() {
#if defined(SPLAT_WITH_CUDA)
  for (void* event : events_) cudaEventDestroy(static_cast<cudaEvent_t>(event));
#endif
}

int Timeline::Mark() {
#if defined(SPLAT_WITH_CUDA)
  if (device_.is_cuda()) {
    if (used_ == events_.size()) {
      cudaEvent_t event = nullptr;
      Check(cudaEventCreate(&event));
      events_.push_back(event);
    }
    Check(cudaEventRecord(static_cast<cudaEvent_t>(events_[used_]), c10::cuda::getCurrentCUDAStream().stream()));
    return int(used_++);
  }
#endif
  times_.resize(used_);
  times_.push_back(std::chrono::steady_clock::now());
  return int(used_++);
}

double Timeline::MillisecondsBetween(int earlier, int later) {
#if defined(SPLAT_WITH_CUDA)
  if (device_.is_cuda()) {
    const auto from = static_cast<cudaEvent_t>(events_[size_t(earlier)]);
    const auto to = static_cast<cudaEvent_t>(events_[size_t(later)]);
    float milliseconds = 0;
    Check(cudaEventSynchronize(to));
    Check(cudaEventElapsedTime(&milliseconds, from, to));
    return milliseconds;
  }
#endif
  return std::chrono::duration<double, std::milli>(times_[size_t(later)] - times_[size_t(earlier)]).count();
}

DeviceInfo InfoOf(const torch::Device& device) {
#if defined(SPLAT_WITH_CUDA)
  if (device.is_cuda()) {
    cudaDeviceProp properties;
    Check(cudaGetDeviceProperties(&properties, device.index()));
    const double clocks_per_s = 1e3 * Attribute(cudaDevAttrClockRate, device.index()) * properties.multiProcessorCount;
    return {properties.name,
            {0, clocks_per_s * LanesOf(properties.major, properties.minor), clocks_per_s * kShufflesPerClock}};
  }
#endif
  return {device.str(), {}};
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
#if defined(SPLAT_WITH_CUDA)
  if (device.is_cuda()) {
    return c10::cuda::CUDACachingAllocator::getDeviceStats(device.index()).allocated_bytes[0].peak;  // 0: of all pools
  }
#endif
  (void)device;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

void ResetPeakMemory(const torch::Device& device) {
#if defined(SPLAT_WITH_CUDA)
  if (device.is_cuda()) {
    c10::cuda::CUDACachingAllocator::emptyCache();
    c10::cuda::CUDACachingAllocator::resetPeakStats(device.index());
  }
#endif
  (void)device;
}

}  // namespace splat::bench
