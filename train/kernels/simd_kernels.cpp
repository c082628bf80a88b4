#include "train/kernels/simd_kernels.h"

namespace splat::train {

const SimdKernels& SimdKernelsOf(InstructionSet set) {
  static const SimdKernels scalar = {ColorPixels<float>::Forward, ColorPixels<float>::Backward};
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

}  // namespace splat::train
