// PoseCurvature on a GPU: one thread a pixel, the sums of each block in its column of scratch, and a second kernel over
// the columns, in a fixed order.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / gpu::kWarpSize;

struct CurvatureShared {
  double warps[kWarps][kCurvatureSize];
};

// One thread: one pixel. The block leaves its sums in column blockIdx.x of block_sums [kCurvatureSize, gridDim.x]. No
// atomics.
__global__ void __launch_bounds__(kThreads) PoseCurvatureKernel(CurvaturePixels pixels, double* block_sums) {
  SPLAT_SHARED(CurvatureShared, shared);
  const int64_t pixel = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const int x = int(pixel % pixels.width), y = int(pixel / pixels.width);
  float parts[kCurvatureSize] = {};
  if (x > 0 && x + 1 < pixels.width && y > 0 && y + 1 < pixels.height) {
    AddPixelCurvature(pixels, x, y, [&](int i, int j, float part) { parts[CurvaturePlace(i, j)] = part; });
  }
  SPLAT_UNROLL
  for (int k = 0; k < kCurvatureSize; ++k) {
    const double of_warp = gpu::WarpSum(double(parts[k]));
    if (gpu::LaneIndex() == 0) shared.warps[gpu::WarpIndex()][k] = of_warp;
  }
  gpu::SyncBlock();
  const int k = int(threadIdx.x);
  if (k >= kCurvatureSize) return;
  double of_block = 0;
  for (int warp = 0; warp < kWarps; ++warp) of_block += shared.warps[warp][k];
  block_sums[int64_t(k) * gridDim.x + blockIdx.x] = of_block;
}

struct CurvatureSumShared {
  double warps[kWarps];
};

// One block: one number. Threads take every kThreads-th column.
__global__ void __launch_bounds__(kThreads)
    PoseCurvatureSumKernel(const double* block_sums, int64_t columns, double* curvature) {
  SPLAT_SHARED(CurvatureSumShared, shared);
  double mine = 0;
  for (int64_t column = threadIdx.x; column < columns; column += kThreads) {
    mine += block_sums[blockIdx.x * columns + column];
  }
  const double of_warp = gpu::WarpSum(mine);
  if (gpu::LaneIndex() == 0) shared.warps[gpu::WarpIndex()] = of_warp;
  gpu::SyncBlock();
  if (threadIdx.x != 0) return;
  double sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += shared.warps[warp];
  curvature[blockIdx.x] = sum;
}

}  // namespace

void PoseCurvature(const KernelContext& context, const PoseCurvatureParams& params) {
  CheckPoseCurvatureParams(params);
  const int64_t blocks = gpu::BlocksFor(int64_t(params.camera.width) * params.camera.height, kThreads);
  double* block_sums = context.scratch->AllocateArray<double>(kCurvatureSize * blocks);
  SPLAT_LAUNCH(context, PoseCurvatureKernel, blocks, kThreads, CurvaturePixelsOf(params), block_sums);
  SPLAT_LAUNCH(context, PoseCurvatureSumKernel, kCurvatureSize, kThreads, block_sums, blocks, params.curvature);
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
