#include "train/kernels/simd_kernels.h"

namespace splat::train {

const SimdKernels& SimdKernelsOf(InstructionSet set) {
  static const SimdKernels scalar = {ColorPixels<float>::Forward, ColorPixels<float>::Backward};
  return SPLAT_SIMD_TABLE_OF(set, scalar);
}

}  // namespace splat::train
