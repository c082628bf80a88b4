#include "rasterizer/kernels/simd_kernels.h"

#include "rasterizer/kernels/blend/blend_tile.h"

namespace splat::kernels {

const SimdKernels& SimdKernelsOf(InstructionSet set) {
  static const SimdKernels scalar = {
      TileBlend<float>::Forward,      TileBlend<float>::Backward,           ProjectSplats<float>::Forward,
      ProjectSplats<float>::Backward, ProjectSplats<float>::CameraGradient, TileSpans<float>::List};
  return SPLAT_SIMD_TABLE_OF(set, scalar);
}

}  // namespace splat::kernels
