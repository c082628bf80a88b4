#include "rasterizer/kernels/backend.h"

namespace splat::kernels {
namespace {

template <typename T>
constexpr RenderStages<T> kCpuStages = {Project<T>,       CountInstances,     BinSplats<T>,     Blend<T>,
                                        BlendBackward<T>, ProjectBackward<T>, CameraGradient<T>};

}  // namespace

const Backend& CpuBackend() {
  static const Backend backend = {
      "cpu", false, HostRuntime().memory, HostRuntime().events, HostRuntime().copies, kCpuStages<float>};
  return backend;
}

const RenderStages<double>& CpuDoubleStages() {
  return kCpuStages<double>;
}

}  // namespace splat::kernels
