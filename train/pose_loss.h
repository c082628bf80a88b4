// The loss of a camera is modelled here as a quadratic function of a further motion of the camera and of further
// changes of its focal length and its distortion (docs/math.md, section 14).
#pragma once

#include <algorithm>
#include <array>

#include "core/positive_definite.h"
#include "train/kernels/pose/pose_curvature.h"

namespace splat::train {

// A step leaves these numbers of the loss of a camera: the gradient, followed by the curvature. Those of the curvature
// by focal length and distortion are the last ones; where they are not wanted they stay 0.
constexpr int kPoseLossNumbers = kCameraNumbers + CurvatureSize(kCameraNumbers);
// Among the numbers of a camera: of the focal length's logarithm, and of the radial distortion.
constexpr size_t kFocalNumber = kMotionNumbers, kRadialNumber = kFocalNumber + 1;

struct PoseLoss {
  std::array<double, kCameraNumbers> gradient = {};  // as kernels::CameraGradientParams has it
  SquareMatrix<kCameraNumbers> matrix = {};          // of Gauss and Newton; the lower triangle is used
};

// `numbers`: [kPoseLossNumbers].
inline PoseLoss PoseLossOf(const double* numbers) {
  PoseLoss loss;
  std::copy(numbers, numbers + kCameraNumbers, loss.gradient.begin());
  for (int row = 0; row < kCameraNumbers; ++row) {
    for (int column = 0; column <= row; ++column) {
      loss.matrix[size_t(row)][size_t(column)] = numbers[kCameraNumbers + CurvaturePlace(row, column)];
    }
  }
  return loss;
}

inline void Add(const PoseLoss& part, PoseLoss& loss) {
  for (size_t row = 0; row < kCameraNumbers; ++row) {
    loss.gradient[row] += part.gradient[row];
    for (size_t column = 0; column <= row; ++column) loss.matrix[row][column] += part.matrix[row][column];
  }
}

}  // namespace splat::train
