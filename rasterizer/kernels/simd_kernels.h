// This header lists the parts of the stages that exist once for each instruction set (core/instruction_set.h).
#pragma once

#include "core/simd_tables.h"
#include "rasterizer/kernels/bin/tile_spans.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/project/project_splats.h"

namespace splat::kernels {

struct SimdKernels {
  // One tile of Blend and of BlendBackward (rasterizer/kernels/blend/blend_tile.h).
  void (*blend_tile)(const BlendParams<float>&, int64_t tile_index);
  void (*blend_tile_backward)(const BlendBackwardParams<float>&, int64_t tile_index);
  // Some splats of Project, ProjectBackward and CameraGradient (rasterizer/kernels/project/project_splats.h).
  void (*project)(const ProjectParams<float>&, const ProjectConstants<float>&, int64_t begin, int64_t end);
  void (*project_backward)(const ProjectBackwardParams<float>&, const ProjectConstants<float>&, int64_t begin,
                           int64_t end);
  void (*camera_gradient)(const CameraGradientParams<float>&, const ProjectConstants<float>&, int64_t begin,
                          int64_t end, double* gradient);
  // The tiles of some splats, for BinSplats (rasterizer/kernels/bin/tile_spans.h).
  void (*list_tiles)(const TileListing<float>&, const int32_t* splats, int64_t count);
};

// `set` must be a usable one.
const SimdKernels& SimdKernelsOf(InstructionSet set);

// rasterizer/kernels/stages_simd.cpp, compiled for each set.
SPLAT_DECLARE_SIMD_TABLES(SimdKernels)

}  // namespace splat::kernels
