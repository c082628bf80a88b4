#include "rasterizer/kernels/simd_kernels.h"

#include "rasterizer/kernels/blend/blend_tile.h"

namespace splat::kernels {

const SimdKernels& SimdKernelsOf(InstructionSet set) {
  static const SimdKernels scalar = {TileBlend<float>::Forward, TileBlend<float>::Backward,
                                     ProjectSplats<float>::Forward, ProjectSplats<float>::Backward,
                                     TileSpans<float>::List};
  switch (set) {
#if defined(__x86_64__)
    case InstructionSet::kSse4:
      return sse4::Kernels();
    case InstructionSet::kAvx2:
      return avx2::Kernels();
    case InstructionSet::kAvx512:
      return avx512::Kernels();
#elif defined(__aarch64__)
    case InstructionSet::kNeon:
      return neon::Kernels();
#endif
    default:
      return scalar;
  }
}

}  // namespace splat::kernels
