// PoseCurvature on the CPU: a row of the image is a task with sums of its own, which are added in the rows' order.
#include "core/check.h"
#include "core/own_scratch.h"
#include "train/kernels/pose/pose_curvature.h"

namespace splat::train {
namespace {

template <int kNumbers>
void SumCurvature(const KernelContext& context, const PoseCurvatureParams& params) {
  constexpr int kSize = CurvatureSize(kNumbers);
  const CurvaturePixels pixels = CurvaturePixelsOf(params);
  OwnScratch own;
  double* rows = ScratchOf(context, own).AllocateArray<double>(int64_t(pixels.height) * kSize);
  context.executor->Run(pixels.height, [&](int64_t row) {
    double* sums = rows + row * kSize;
    for (int k = 0; k < kSize; ++k) sums[k] = 0;
    if (row == 0 || row + 1 == pixels.height) return;
    for (int x = 1; x + 1 < pixels.width; ++x) {
      AddPixelCurvature<kNumbers>(pixels, x, int(row),
                                  [&](int i, int j, float part) { sums[CurvaturePlace(i, j)] += double(part); });
    }
  });
  for (int k = 0; k < kSize; ++k) {
    params.curvature[k] = 0;
    for (int64_t row = 0; row < pixels.height; ++row) params.curvature[k] += rows[row * kSize + k];
  }
}

}  // namespace

void CheckPoseCurvatureParams(const PoseCurvatureParams& params) {
  CheckCamera(params.camera);
  SPLAT_CHECK(params.image && params.alpha && params.depth && params.compared && params.photo && params.grad_image &&
                  params.curvature,
              "PoseCurvature: the image, its alpha, depth, photo and gradient, and a place for the sums must be given");
  SPLAT_CHECK(params.numbers >= kMotionNumbers && params.numbers <= kCameraNumbers, "PoseCurvature: ", params.numbers,
              " numbers of a camera were asked for");
}

void PoseCurvature(const KernelContext& context, const PoseCurvatureParams& params) {
  CheckPoseCurvatureParams(params);
  WithCurvatureNumbers(params.numbers, [&](auto numbers) { SumCurvature<decltype(numbers)::value>(context, params); });
}

}  // namespace splat::train
