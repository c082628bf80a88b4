// The curvature of a view's loss tells how fast the loss rises again as the camera moves past the best pose: it is the
// Gauss-Newton matrix of the loss with respect to a motion of the camera, and to its focal length and distortion where
// these are wanted, computed from the pixels that the passes have left (docs/math.md, section 14).
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "core/camera.h"
#include "core/host_device.h"
#include "core/kernel_context.h"
#include "rasterizer/kernels/kernels.h"
#include "train/kernels/loss/photometric_loss_math.h"

namespace splat::train {

constexpr int kMotionNumbers = kernels::kCameraMotionSize;  // of a motion (nu, omega)
constexpr int kCameraNumbers = kernels::kCameraNumbers;     // of a motion, a focal length and a distortion
// Numbers of the lower triangle of a matrix, row by row: that of a motion begins that of all numbers of a camera.
SPLAT_HD constexpr int CurvatureSize(int numbers) {
  return numbers * (numbers + 1) / 2;
}
SPLAT_HD constexpr int CurvaturePlace(int row, int column) {
  return row * (row + 1) / 2 + column;
}

// A flow says where a point of the image goes as the camera changes: it has the derivatives of its place (fx x / z,
// fy y / z) by the numbers of the camera, in units of the focal lengths.
template <typename T>
struct CameraFlow {
  T right[kCameraNumbers], down[kCameraNumbers];
};

// Returns the flow of the point that is seen at (u, v) = (x / z, y / z) at depth z, from its 1 / z; 0: it is far away.
template <typename T>
SPLAT_HD inline CameraFlow<T> FlowByCamera(T u, T v, T inverse_z) {
  const T r2 = u * u + v * v;
  return {{inverse_z, 0, -u * inverse_z, -u * v, 1 + u * u, -v, u, r2 * u},
          {0, inverse_z, -v * inverse_z, -(1 + v * v), u * v, u, v, r2 * v}};
}

// A symmetric 2x2 matrix of weights: of the flow to the right, down, and of both.
template <typename T>
struct FlowWeights {
  T rr, rd, dd;
};

// Calls add(row, column, value) for the numbers of the lower triangle of right rr right^T + ... + down dd down^T, by
// the first kNumbers of the camera.
template <int kNumbers, typename T, typename Add>
SPLAT_HD inline void ForCurvature(const CameraFlow<T>& flow, const FlowWeights<T>& weights, const Add& add) {
  for (int row = 0; row < kNumbers; ++row) {
    const T by_right = weights.rr * flow.right[row] + weights.rd * flow.down[row];
    const T by_down = weights.rd * flow.right[row] + weights.dd * flow.down[row];
    for (int column = 0; column <= row; ++column) {
      add(row, column, by_right * flow.right[column] + by_down * flow.down[column]);
    }
  }
}

// The view and its pixels, on the device. H and W are those of the camera.
struct PoseCurvatureParams {
  Camera camera;
  const float* image = nullptr;       // [H, W, 3] the render
  const float* alpha = nullptr;       // [H, W] of the render
  const float* depth = nullptr;       // [H, W] of the render, sum of weight x depth
  const float* compared = nullptr;    // [H, W, 3] what the loss has compared: the render, or what terms made of it
  const uint8_t* photo = nullptr;     // [H, W, 3] what with
  const float* grad_image = nullptr;  // [H, W, 3] dL/dimage
  double* curvature = nullptr;        // [CurvatureSize(numbers)], overwritten
  int numbers = kMotionNumbers;       // of the camera, from the first on: a motion's, one more, or all
};

// Calls call(std::integral_constant<int, numbers>()) for one of the numbers that PoseCurvatureParams may have.
template <typename Call>
void WithCurvatureNumbers(int numbers, const Call& call) {
  if (numbers == kMotionNumbers) return call(std::integral_constant<int, kMotionNumbers>());
  if (numbers == kMotionNumbers + 1) return call(std::integral_constant<int, kMotionNumbers + 1>());
  call(std::integral_constant<int, kCameraNumbers>());
}

// Differences of a colour below this one weigh as much as it in the curvature of |x - y|, which has none at 0.
constexpr float kLeastDifference = 0.02f;

// The pixels of PoseCurvatureParams with what a kernel needs of the camera.
struct CurvaturePixels {
  int width, height;
  float fx, fy, cx, cy;
  const float *image, *alpha, *depth, *compared;
  const uint8_t* photo;
  const float* grad_image;
};
inline CurvaturePixels CurvaturePixelsOf(const PoseCurvatureParams& params) {
  const Camera& c = params.camera;
  return {c.width,      c.height,     float(c.fx),  float(c.fy),     float(c.cx),  float(c.cy),
          params.image, params.alpha, params.depth, params.compared, params.photo, params.grad_image};
}

// Calls add as ForCurvature does with the part of a pixel that has neighbours on all sides. In each colour the loss is
// taken for w r^2 / 2, r the difference from the photo, with the w that gives its gradient, w |r| = |dL/dimage|, and
// the image for one that moves with its points.
template <int kNumbers, typename Add>
SPLAT_HD inline void AddPixelCurvature(const CurvaturePixels& pixels, int x, int y, const Add& add) {
  const int64_t at = int64_t(y) * pixels.width + x, line = int64_t(3) * pixels.width;
  FlowWeights<float> weights{};
  for (int64_t value = 3 * at; value < 3 * at + 3; ++value) {
    const float* image = pixels.image + value;
    const float across = 0.5f * pixels.fx * (image[3] - image[-3]);
    const float along = 0.5f * pixels.fy * (image[line] - image[-line]);
    const float difference = std::abs(pixels.compared[value] - TargetValue<float>(pixels.photo[value]));
    const float weight =
        std::abs(pixels.grad_image[value]) / (difference > kLeastDifference ? difference : kLeastDifference);
    weights.rr += weight * across * across;
    weights.rd += weight * across * along;
    weights.dd += weight * along * along;
  }
  const float depth = pixels.depth[at];
  const float u = (float(x) + 0.5f - pixels.cx) / pixels.fx, v = (float(y) + 0.5f - pixels.cy) / pixels.fy;
  ForCurvature<kNumbers>(FlowByCamera(u, v, depth > 0 ? pixels.alpha[at] / depth : 0.0f), weights, add);
}

// Throws splat::Error for sizes or pointers that cannot be.
void CheckPoseCurvatureParams(const PoseCurvatureParams& params);

// Sums AddPixelCurvature over the view on the CPU, in double and in an order that does not depend on the number of
// threads. The outermost pixels are left out.
void PoseCurvature(const KernelContext& context, const PoseCurvatureParams& params);

}  // namespace splat::train
