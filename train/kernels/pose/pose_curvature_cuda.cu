// PoseCurvature on a GPU: one thread a pixel, the sums of each block in its column of scratch, and a second kernel over
// the columns, in a fixed order.
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / gpu::kWarpSize;

template <int kNumbers>
struct CurvatureShared {
  double warps[kWarps][CurvatureSize(kNumbers)];
};

// One thread: one pixel. block_sums: [CurvatureSize(kNumbers), gridDim.x].
template <int kNumbers>
__global__ void __launch_bounds__(kThreads) PoseCurvatureKernel(CurvaturePixels pixels, double* block_sums) {
  SPLAT_SHARED(CurvatureShared<kNumbers>, shared);
  const int64_t pixel = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const int x = int(pixel % pixels.width), y = int(pixel / pixels.width);
  float parts[CurvatureSize(kNumbers)] = {};
  if (x > 0 && x + 1 < pixels.width && y > 0 && y + 1 < pixels.height) {
    AddPixelCurvature<kNumbers>(pixels, x, y, [&](int i, int j, float part) { parts[CurvaturePlace(i, j)] = part; });
  }
  gpu::LeaveBlockSums(parts, shared.warps, block_sums);
}

struct CurvatureSumShared {
  double warps[kWarps];
};

// One block: one number, the sum of a row of block_sums.
__global__ void __launch_bounds__(kThreads)
    PoseCurvatureSumKernel(const double* block_sums, int64_t columns, double* curvature) {
  SPLAT_SHARED(CurvatureSumShared, shared);
  const double sum = gpu::BlockSumOf(block_sums + blockIdx.x * columns, columns, shared.warps);
  if (threadIdx.x == 0) curvature[blockIdx.x] = sum;
}

template <int kNumbers>
void SumCurvature(const KernelContext& context, const PoseCurvatureParams& params) {
  constexpr int kSize = CurvatureSize(kNumbers);
  const int64_t blocks = gpu::BlocksFor(int64_t(params.camera.width) * params.camera.height, kThreads);
  double* block_sums = context.scratch->AllocateArray<double>(kSize * blocks);
  SPLAT_LAUNCH(context, PoseCurvatureKernel<kNumbers>, blocks, kThreads, CurvaturePixelsOf(params), block_sums);
  SPLAT_LAUNCH(context, PoseCurvatureSumKernel, kSize, kThreads, block_sums, blocks, params.curvature);
}

}  // namespace

void PoseCurvature(const KernelContext& context, const PoseCurvatureParams& params) {
  CheckPoseCurvatureParams(params);
  WithCurvatureNumbers(params.numbers, [&](auto numbers) { SumCurvature<decltype(numbers)::value>(context, params); });
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
