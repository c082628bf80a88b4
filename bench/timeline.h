// Moments in the work of a device, and the time between them: events on the current stream of a GPU, the wall clock
// on the CPU, whose stages are done when they return.
#pragma once

#include <chrono>
#include <vector>

#include "bench/floor_model.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::bench {

class Timeline {
 public:
  explicit Timeline(const torch::Device& device) : device_(device) {}
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // The moment at which all that has been queued so far is done. Cheap, and waits for nothing.
  int Mark();
  // Waits for the later one.
  double MillisecondsBetween(int earlier, int later);
  // Forgets all moments.
  void Clear() { used_ = 0; }

 private:
  torch::Device device_;
  size_t used_ = 0;
  std::vector<std::chrono::steady_clock::time_point> times_;
  std::vector<void*> events_;  // cudaEvent_t
};

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

}  // namespace splat::bench
