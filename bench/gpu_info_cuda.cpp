// A build with CUDA.
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>

#include "bench/device_info.h"
#include "core/check.h"

namespace splat::bench {
namespace {

void Check(cudaError_t status) {
  SPLAT_CHECK(status == cudaSuccess, "CUDA: ", cudaGetErrorString(status));
}

int Attribute(cudaDeviceAttr attribute, int gpu) {
  int value = 0;
  Check(cudaDeviceGetAttribute(&value, attribute, gpu));
  return value;
}

// FP32 lanes of a multiprocessor: 64 of compute capability 7.x and 8.0, 128 of the others from 8.6 on.
int LanesOf(int major, int minor) {
  return major == 7 || (major == 8 && minor == 0) ? 64 : 128;
}
constexpr double kShufflesPerClock = 32;  // of a multiprocessor

}  // namespace

DeviceInfo GpuInfo(int gpu) {
  cudaDeviceProp properties;
  Check(cudaGetDeviceProperties(&properties, gpu));
  const double clocks_per_s = 1e3 * Attribute(cudaDevAttrClockRate, gpu) * properties.multiProcessorCount;
  return {properties.name,
          {0, clocks_per_s * LanesOf(properties.major, properties.minor), clocks_per_s * kShufflesPerClock}};
}

int64_t PeakGpuMemory(int gpu) {
  return c10::cuda::CUDACachingAllocator::getDeviceStats(c10::DeviceIndex(gpu))
      .allocated_bytes[0]
      .peak;  // 0: of all pools
}

void ResetPeakGpuMemory(int gpu) {
  c10::cuda::CUDACachingAllocator::emptyCache();
  c10::cuda::CUDACachingAllocator::resetPeakStats(c10::DeviceIndex(gpu));
}

}  // namespace splat::bench
