// The parts of the stages that run on vectors, for one instruction set (splat_simd_sources in
// cmake/SplatTargets.cmake).
#include "core/simd.h"
#include "rasterizer/kernels/blend/blend_tile.h"
#include "rasterizer/kernels/simd_kernels.h"

namespace splat::kernels::SPLAT_SIMD_NAMESPACE {

const SimdKernels& Kernels() {
  using simd::SPLAT_SIMD_NAMESPACE::Float;
  static constexpr SimdKernels kernels = {
      TileBlend<Float>::Forward,      TileBlend<Float>::Backward,           ProjectSplats<Float>::Forward,
      ProjectSplats<Float>::Backward, ProjectSplats<Float>::CameraGradient, TileSpans<Float>::List};
  return kernels;
}

}  // namespace splat::kernels::SPLAT_SIMD_NAMESPACE
