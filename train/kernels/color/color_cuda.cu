// The stages of color_stages.h on a GPU. One thread makes the view's numbers, then a thread goes over a few pixels
// each; the gradient's sums are added within a block and then over the blocks, in a fixed order.
#include "train/kernels/color/color_stages.h"
#include "train/kernels/cuda_kernels.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / gpu::kWarpSize;
constexpr int kPixelsPerThread = 8, kBlockPixels = kThreads * kPixelsPerThread;
constexpr int kTableRows = 8;  // rows of sums that are read at a time
static_assert(kViewColorNumbers <= gpu::kWarpSize, "a lane for each sum");

// What the kernels over pixels need of ColorParams.
struct ColorTask {
  int width;
  int64_t pixels;
  LensFrame<float> frame;
  const float* image;
  const ViewColor<float>* view;
};

// One warp, of which one thread works.
__global__ void __launch_bounds__(gpu::kWarpSize)
    ViewColorKernel(const float* photo, const float* camera, ViewColor<float>* view) {
  if (threadIdx.x != 0) return;
  if (camera) {
    *view = RoundedViewColor(ViewColorOf<double>(photo, camera));
  } else {
    view->gain = float(GainOfStops(double(photo[0])));
  }
}

__device__ inline Vec3<float> PixelAt(const float* image, int64_t pixel) {
  return {image[3 * pixel], image[3 * pixel + 1], image[3 * pixel + 2]};
}
__device__ inline void SetPixel(float* image, int64_t pixel, const Vec3<float>& color) {
  image[3 * pixel] = color.x;
  image[3 * pixel + 1] = color.y;
  image[3 * pixel + 2] = color.z;
}
__device__ inline Vec2<float> PositionOf(const ColorTask& task, int64_t pixel) {
  return LensPosition(task.frame, float(pixel % task.width), float(pixel / task.width));
}

// One thread: one pixel. No shared memory, no atomics. Without kFull the gain alone.
template <bool kFull>
__global__ void __launch_bounds__(kThreads) ColorForwardKernel(ColorTask task, float* changed) {
  const int64_t pixel = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (pixel >= task.pixels) return;
  const Vec3<float> color = PixelAt(task.image, pixel);
  if (kFull) return SetPixel(changed, pixel, PhotoPixel(*task.view, PositionOf(task, pixel), color));
  SetPixel(changed, pixel, GainPixel(task.view->gain, color));
}

// The gradient of a pixel's colour; `grad_view` gets that of the view's numbers, the gain alone without kFull.
template <bool kFull>
__device__ inline Vec3<float> PixelBackward(const ColorTask& task, const ViewColor<float>& view, int64_t pixel,
                                            const Vec3<float>& grad, float* grad_view) {
  const Vec3<float> color = PixelAt(task.image, pixel);
  if (kFull) return PhotoPixelBackward(view, PositionOf(task, pixel), color, grad, grad_view);
  const Vec3<float> passed = GainPixelPassed(view.gain, color, grad);
  grad_view[0] = Dot(passed, color);
  return view.gain * passed;
}

struct ColorSumShared {
  double warps[kWarps][kViewColorNumbers];
};

// One thread: kPixelsPerThread pixels, kThreads apart. The block leaves its sums in its row. No atomics.
template <bool kFull>
__global__ void __launch_bounds__(kThreads) ColorBackwardKernel(ColorTask task, float* grad_image, double* block_sums) {
  SPLAT_SHARED(ColorSumShared, shared);
  constexpr int kNumbers = kFull ? kViewColorNumbers : 1;
  const ViewColor<float> view = *task.view;
  float sums[kNumbers] = {};
  for (int i = 0; i < kPixelsPerThread; ++i) {
    const int64_t pixel = int64_t(blockIdx.x) * kBlockPixels + i * kThreads + threadIdx.x;
    if (pixel >= task.pixels) break;
    float grad_view[kNumbers];
    SetPixel(grad_image, pixel, PixelBackward<kFull>(task, view, pixel, PixelAt(grad_image, pixel), grad_view));
    SPLAT_UNROLL
    for (int k = 0; k < kNumbers; ++k) sums[k] += grad_view[k];
  }
  SPLAT_UNROLL
  for (int k = 0; k < kNumbers; ++k) {
    const float sum = gpu::WarpSum(sums[k]);
    if (gpu::LaneIndex() == 0) shared.warps[gpu::WarpIndex()][k] = double(sum);
  }
  gpu::SyncBlock();
  const int k = int(threadIdx.x);
  if (k >= kNumbers) return;
  double sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += shared.warps[warp][k];
  block_sums[int64_t(blockIdx.x) * kViewColorNumbers + k] = sum;
}

struct ParameterShared {
  double rows[kTableRows][kViewColorNumbers];
  double sums[kViewColorNumbers];
};

// One block in all: a warp adds every kTableRows-th row, a lane a number; then one thread goes back to the parameters.
template <bool kFull>
__global__ void __launch_bounds__(kThreads)
    ColorParameterKernel(ColorBackwardParams params, const double* block_sums, int64_t blocks) {
  SPLAT_SHARED(ParameterShared, shared);
  constexpr int kNumbers = kFull ? kViewColorNumbers : 1;
  const int k = gpu::LaneIndex(), first = gpu::WarpIndex();
  if (k < kNumbers) {
    double sum = 0;
    for (int64_t block = first; block < blocks; block += kTableRows) sum += block_sums[block * kViewColorNumbers + k];
    shared.rows[first][k] = sum;
  }
  gpu::SyncBlock();
  if (int(threadIdx.x) < kNumbers) {
    double sum = 0;
    for (int row = 0; row < kTableRows; ++row) sum += shared.rows[row][threadIdx.x];
    shared.sums[threadIdx.x] = sum;
  }
  gpu::SyncBlock();
  if (threadIdx.x != 0) return;
  double grad_photo[kPhotoColorNumbers] = {};
  if (kFull) {
    double grad_camera[kCameraColorNumbers];
    ViewColorBackward<double>(params.view.photo, params.view.camera, shared.sums, grad_photo, grad_camera);
    for (int i = 0; i < kCameraColorNumbers; ++i) params.grad_camera[i] = float(grad_camera[i]);
  } else {
    grad_photo[0] = GainOfStopsBackward(double(params.view.photo[0]), shared.sums[0]);
  }
  for (int i = 0; i < kPhotoColorNumbers; ++i) params.grad_photo[i] = float(grad_photo[i]);
}
static_assert(kTableRows == kWarps, "a row of sums for each warp");

struct CenterShared {
  double warps[kWarps];
  float mean;
};

// One block: one column. Threads take every kThreads-th row.
__global__ void __launch_bounds__(kThreads) CenterRowsKernel(CenterRowsParams params) {
  SPLAT_SHARED(CenterShared, shared);
  const int column = int(blockIdx.x);
  double mine = 0;
  for (int64_t i = threadIdx.x; i < params.count; i += kThreads) {
    mine += double(params.values[int64_t(params.rows[i]) * params.columns + column]);
  }
  const double sum = gpu::BlockSum(mine, shared.warps);
  if (threadIdx.x == 0) shared.mean = float(sum / double(params.count));
  gpu::SyncBlock();
  for (int64_t i = threadIdx.x; i < params.count; i += kThreads) {
    params.values[int64_t(params.rows[i]) * params.columns + column] -= shared.mean;
  }
}

ColorTask TaskOf(const KernelContext& context, const ColorParams& params) {
  ColorTask task;
  task.width = params.width;
  task.pixels = int64_t(params.width) * params.height;
  task.frame = LensFrameOf<float>(params.width, params.height);
  task.image = params.image;
  ViewColor<float>* view = context.scratch->AllocateArray<ViewColor<float>>(1);
  SPLAT_LAUNCH(context, ViewColorKernel, 1, gpu::kWarpSize, params.photo, params.camera, view);
  task.view = view;
  return task;
}

template <bool kFull>
void QueueBackward(const KernelContext& context, const ColorBackwardParams& params) {
  const ColorTask task = TaskOf(context, params.view);
  const int64_t blocks = gpu::BlocksFor(task.pixels, kBlockPixels);
  double* sums = context.scratch->AllocateArray<double>(blocks * kViewColorNumbers);
  SPLAT_LAUNCH(context, ColorBackwardKernel<kFull>, blocks, kThreads, task, params.grad_image, sums);
  SPLAT_LAUNCH(context, ColorParameterKernel<kFull>, 1, kThreads, params, sums, blocks);
}

void Forward(const KernelContext& context, const ColorForwardParams& params) {
  CheckColorForwardParams(params);
  const ColorTask task = TaskOf(context, params.view);
  const int64_t blocks = gpu::BlocksFor(task.pixels, kThreads);
  if (params.view.camera) {
    SPLAT_LAUNCH(context, ColorForwardKernel<true>, blocks, kThreads, task, params.changed_image);
  } else {
    SPLAT_LAUNCH(context, ColorForwardKernel<false>, blocks, kThreads, task, params.changed_image);
  }
}

void Backward(const KernelContext& context, const ColorBackwardParams& params) {
  CheckColorBackwardParams(params);
  params.view.camera ? QueueBackward<true>(context, params) : QueueBackward<false>(context, params);
}

void CenterRows(const KernelContext& context, const CenterRowsParams& params) {
  CheckCenterRowsParams(params);
  if (params.count > 0) SPLAT_LAUNCH(context, CenterRowsKernel, params.columns, kThreads, params);
}

}  // namespace

ColorStages DeviceColorStages() {
  return {Forward, Backward, CenterRows};
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
