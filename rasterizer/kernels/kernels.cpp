// The table of each backend: the one place that knows which of them this build has.
#include "rasterizer/kernels/kernels.h"

#if defined(SPLAT_WITH_CUDA)
#include "rasterizer/kernels/cuda_stages.h"
#endif

#include <unistd.h>

namespace splat::kernels {
namespace {

DeviceMemory HostMemory() {
  const int64_t page = sysconf(_SC_PAGE_SIZE);
  return {int64_t(sysconf(_SC_PHYS_PAGES)) * page, int64_t(sysconf(_SC_AVPHYS_PAGES)) * page};
}

}  // namespace

const Stages& CpuStages() {
  static const Stages stages = {"cpu",        Project<float>,       CountInstances,         BinSplats<float>,
                                Blend<float>, BlendBackward<float>, ProjectBackward<float>, HostMemory};
  return stages;
}

const RenderStages<double>& CpuDoubleStages() {
  static const RenderStages<double> stages = {
      "cpu",         Project<double>,       CountInstances,          BinSplats<double>,
      Blend<double>, BlendBackward<double>, ProjectBackward<double>, HostMemory};
  return stages;
}

const Stages* CudaStages() {
#if defined(SPLAT_WITH_CUDA)
  return &cuda::DeviceStages();
#else
  return nullptr;
#endif
}

}  // namespace splat::kernels
