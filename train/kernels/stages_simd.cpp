// The parts of the stages that run on vectors, for one instruction set (splat_simd_sources in
// cmake/SplatTargets.cmake).
#include "core/simd.h"
#include "train/kernels/simd_kernels.h"

namespace splat::train::SPLAT_SIMD_NAMESPACE {

const SimdKernels& Kernels() {
  using simd::SPLAT_SIMD_NAMESPACE::Float;
  static constexpr SimdKernels kernels = {ColorPixels<Float>::Forward, ColorPixels<Float>::Backward};
  return kernels;
}

}  // namespace splat::train::SPLAT_SIMD_NAMESPACE
