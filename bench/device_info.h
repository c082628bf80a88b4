// This header asks what a device can do at best, and how much of its memory LibTorch holds.
#pragma once

#include <string>

#include "bench/floor_model.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::bench {

struct DeviceInfo {
  std::string name;
  DeviceRates rates;  // without bytes_per_s; 0 on the CPU
};
DeviceInfo InfoOf(const torch::Device& device);

// Bytes read plus bytes written by a large copy within the device's memory, per second: the best of several.
double CopyBandwidth(const torch::Device& device);

// The most bytes that LibTorch has held of a GPU's memory since ResetPeakMemory; on the CPU the largest resident size
// of the process so far.
int64_t PeakMemory(const torch::Device& device);
void ResetPeakMemory(const torch::Device& device);

// These functions do the same for a GPU, given by its number. In a build without CUDA, which has no such devices, they
// throw splat::Error.
DeviceInfo GpuInfo(int gpu);
int64_t PeakGpuMemory(int gpu);
void ResetPeakGpuMemory(int gpu);

}  // namespace splat::bench
