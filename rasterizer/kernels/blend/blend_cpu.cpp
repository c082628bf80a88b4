// Blend and BlendBackward on the CPU. One task is one tile.
#include "rasterizer/kernels/blend/blend_tile.h"
#include "rasterizer/kernels/simd_kernels.h"

namespace splat::kernels {
namespace {

template <typename T>
int64_t TileCount(const BlendParams<T>& params) {
  const math::TileGrid grid = math::TileGridOf(params.width, params.height);
  return int64_t(grid.columns) * grid.rows;
}

}  // namespace

template <>
void Blend<float>(const KernelContext& context, const BlendParams<float>& params) {
  const SimdKernels& simd = SimdKernelsOf(context.instruction_set);
  context.executor->Run(TileCount(params), [&](int64_t tile) { simd.blend_tile(params, tile); });
}
template <>
void Blend<double>(const KernelContext& context, const BlendParams<double>& params) {
  context.executor->Run(TileCount(params), [&](int64_t tile) { TileBlend<double>::Forward(params, tile); });
}

template <>
void BlendBackward<float>(const KernelContext& context, const BlendBackwardParams<float>& params) {
  const SimdKernels& simd = SimdKernelsOf(context.instruction_set);
  context.executor->Run(TileCount(params.forward), [&](int64_t tile) { simd.blend_tile_backward(params, tile); });
}
template <>
void BlendBackward<double>(const KernelContext& context, const BlendBackwardParams<double>& params) {
  context.executor->Run(TileCount(params.forward), [&](int64_t tile) { TileBlend<double>::Backward(params, tile); });
}

}  // namespace splat::kernels
