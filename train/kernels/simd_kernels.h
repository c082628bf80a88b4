// This header lists the parts of the training stages that exist once for each instruction set (core/instruction_set.h).
#pragma once

#include "core/simd_tables.h"
#include "train/kernels/color/color_pixels.h"

namespace splat::train {

struct SimdKernels {
  // Some rows of the colours' stages (train/kernels/color/color_pixels.h).
  void (*color_rows)(const ColorRows&);
  void (*color_rows_backward)(const ColorRows&, double* sums);
};

// `set` must be a usable one.
const SimdKernels& SimdKernelsOf(InstructionSet set);

// train/kernels/stages_simd.cpp, compiled for each set.
SPLAT_DECLARE_SIMD_TABLES(SimdKernels)

}  // namespace splat::train
