// A timeline marks moments in the work of a device and measures the time between them: with events on the current
// stream of a GPU, and with the wall clock on the CPU, whose stages are done when they return.
#pragma once

#include <vector>

#include "rasterizer/torch/torch_device.h"

namespace splat::bench {

class Timeline {
 public:
  explicit Timeline(const torch::Device& device) : device_(device), events_of_(BackendOf(device).events) {}
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  // Marks the moment at which all that has been queued so far is done. The call is cheap and waits for nothing.
  int Mark();
  // Waits for the later one.
  double MillisecondsBetween(int earlier, int later);
  // Forgets all moments.
  void Clear() { used_ = 0; }

 private:
  torch::Device device_;
  const DeviceEvents& events_of_;
  size_t used_ = 0;
  std::vector<void*> events_;  // that are kept
};

}  // namespace splat::bench
