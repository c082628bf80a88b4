// The stages of color_stages.h on the CPU. Pixels go through in bands of rows, each with sums of its own.
#include <algorithm>

#include "core/check.h"
#include "core/multiversion.h"
#include "core/own_scratch.h"
#include "train/kernels/color/color_stages.h"
#include "train/kernels/simd_kernels.h"

namespace splat::train {
namespace {

constexpr int kSumLanes = 16;
constexpr int64_t kTaskPixels = 4096;  // whose sums are added in float, lane by lane

SPLAT_MULTIVERSION void GainValues(float gain, int64_t size, const float* __restrict image, float* __restrict changed) {
  for (int64_t i = 0; i < size; ++i) changed[i] = GainValue(gain, image[i]);
}

inline float GainBackward(float gain, float value, float& grad) {
  const float passed = GainValuePassed(gain, value, grad);
  grad = gain * passed;
  return passed * value;
}
// Adds dL/dgain to `lanes` [kSumLanes].
SPLAT_MULTIVERSION void GainValuesBackward(float gain, int64_t size, const float* __restrict image,
                                           float* __restrict grad_image, float* __restrict lanes) {
  int64_t i = 0;
  for (; i + kSumLanes <= size; i += kSumLanes) {
    for (int l = 0; l < kSumLanes; ++l) lanes[l] += GainBackward(gain, image[i + l], grad_image[i + l]);
  }
  for (int l = 0; i + l < size; ++l) lanes[l] += GainBackward(gain, image[i + l], grad_image[i + l]);
}

// Bands of whole rows of an image.
struct Bands {
  int64_t rows, count;  // in a band; bands
};
Bands BandsOf(int width, int height) {
  const int64_t rows = std::max<int64_t>(1, kTaskPixels / width);
  return {rows, (height + rows - 1) / rows};
}

ColorRows RowsOf(const ColorParams& params) {
  ColorRows rows;
  rows.view = RoundedViewColor(ViewColorOf<double>(params.photo, params.camera));
  rows.width = params.width;
  rows.height = params.height;
  rows.image = params.image;
  return rows;
}

void Forward(const KernelContext& context, const ColorForwardParams& params) {
  CheckColorForwardParams(params);
  const ColorParams& view = params.view;
  if (view.camera) {
    ColorRows rows = RowsOf(view);
    rows.changed = params.changed_image;
    return ApplyViewColor(context, rows);
  }
  const float gain = float(GainOfStops(double(view.photo[0])));
  ParallelFor(*context.executor, int64_t(3) * view.width * view.height, 3 * kTaskPixels,
              [&](int64_t begin, int64_t end) {
                GainValues(gain, end - begin, view.image + begin, params.changed_image + begin);
              });
}

// Returns dL/dgain.
double BackwardOfGain(const KernelContext& context, const ColorBackwardParams& params, float gain) {
  const int64_t values = int64_t(3) * params.view.width * params.view.height, chunk = 3 * kTaskPixels;
  const int64_t tasks = (values + chunk - 1) / chunk;
  OwnScratch own;
  double* sums = ScratchOf(context, own).AllocateArray<double>(tasks);
  ParallelFor(*context.executor, values, chunk, [&](int64_t begin, int64_t end) {
    float lanes[kSumLanes] = {};
    GainValuesBackward(gain, end - begin, params.view.image + begin, params.grad_image + begin, lanes);
    double& sum = sums[begin / chunk];
    sum = 0;
    for (const float lane : lanes) sum += double(lane);
  });
  double sum = 0;
  for (int64_t task = 0; task < tasks; ++task) sum += sums[task];
  return sum;
}

// Adds dL/d of the view's numbers to `sum` [kViewColorNumbers].
void BackwardOfView(const KernelContext& context, const ColorBackwardParams& params, double* sum) {
  ColorRows all = RowsOf(params.view);
  all.grad_image = params.grad_image;
  const SimdKernels& simd = SimdKernelsOf(context.instruction_set);
  const Bands bands = BandsOf(all.width, all.height);
  OwnScratch own;
  double* sums = ScratchOf(context, own).AllocateArray<double>(bands.count * kViewColorNumbers);
  ParallelFor(*context.executor, all.height, bands.rows, [&](int64_t begin, int64_t end) {
    ColorRows rows = all;
    rows.begin_row = begin;
    rows.end_row = end;
    simd.color_rows_backward(rows, sums + begin / bands.rows * kViewColorNumbers);
  });
  for (int64_t i = 0; i < bands.count * kViewColorNumbers; ++i) sum[i % kViewColorNumbers] += sums[i];
}

void Backward(const KernelContext& context, const ColorBackwardParams& params) {
  CheckColorBackwardParams(params);
  const ColorParams& view = params.view;
  double grad_photo[kPhotoColorNumbers] = {};
  if (view.camera) {
    double sums[kViewColorNumbers] = {}, grad_camera[kCameraColorNumbers];
    BackwardOfView(context, params, sums);
    ViewColorBackward(view.photo, view.camera, sums, grad_photo, grad_camera);
    std::copy(grad_camera, grad_camera + kCameraColorNumbers, params.grad_camera);
  } else {
    const double stops = double(view.photo[0]);
    grad_photo[0] = GainOfStopsBackward(stops, BackwardOfGain(context, params, float(GainOfStops(stops))));
  }
  std::copy(grad_photo, grad_photo + kPhotoColorNumbers, params.grad_photo);
}

void CenterRows(const KernelContext&, const CenterRowsParams& params) {
  CheckCenterRowsParams(params);
  for (int column = 0; column < params.columns; ++column) {
    double sum = 0;
    for (int64_t i = 0; i < params.count; ++i) sum += double(params.values[params.rows[i] * params.columns + column]);
    const float mean = float(sum / double(params.count));
    for (int64_t i = 0; i < params.count; ++i) params.values[params.rows[i] * params.columns + column] -= mean;
  }
}

void CheckColorParams(const ColorParams& params) {
  SPLAT_CHECK(params.width > 0 && params.height > 0, "colours: an image of ", params.width, " x ", params.height,
              " pixels; both must be at least 1");
  SPLAT_CHECK(params.image && params.photo, "colours: the image and the photo's numbers must be given");
}

}  // namespace

void CheckColorForwardParams(const ColorForwardParams& params) {
  CheckColorParams(params.view);
  SPLAT_CHECK(params.changed_image, "colours: changed_image must be given");
}

void CheckColorBackwardParams(const ColorBackwardParams& params) {
  CheckColorParams(params.view);
  SPLAT_CHECK(params.grad_image && params.grad_photo && (params.grad_camera || !params.view.camera),
              "colours: grad_image, grad_photo and grad_camera must be given");
}

void CheckCenterRowsParams(const CenterRowsParams& params) {
  SPLAT_CHECK(params.columns >= 1 && params.columns <= kPhotoColorNumbers, "colours: rows of ", params.columns,
              " numbers; must be 1 to ", kPhotoColorNumbers);
  SPLAT_CHECK(params.count == 0 || (params.values && params.rows), "colours: values and rows must be given");
}

void ApplyViewColor(const KernelContext& context, const ColorRows& all) {
  const SimdKernels& simd = SimdKernelsOf(context.instruction_set);
  ParallelFor(*context.executor, all.height, BandsOf(all.width, all.height).rows, [&](int64_t begin, int64_t end) {
    ColorRows rows = all;
    rows.begin_row = begin;
    rows.end_row = end;
    simd.color_rows(rows);
  });
}

ColorStages CpuColorStages() {
  return {Forward, Backward, CenterRows};
}

}  // namespace splat::train
