// A build without CUDA.
#include "bench/device_info.h"
#include "core/check.h"
#include "rasterizer/torch/torch_device.h"

namespace splat::bench {

DeviceInfo GpuInfo(int gpu) {
  throw Error(StrCat("GPU ", gpu, ": ", WhyNoCuda()));
}

int64_t PeakGpuMemory(int gpu) {
  throw Error(StrCat("GPU ", gpu, ": ", WhyNoCuda()));
}

void ResetPeakGpuMemory(int gpu) {
  throw Error(StrCat("GPU ", gpu, ": ", WhyNoCuda()));
}

}  // namespace splat::bench
