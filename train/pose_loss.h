// The loss of a camera's pose is modelled here as a quadratic function of a further motion of the camera (docs/math.md,
// section 14).
#pragma once

#include <algorithm>

#include "core/positive_definite.h"
#include "core/twist.h"
#include "train/kernels/pose/pose_curvature.h"

namespace splat::train {

// A step leaves these numbers of the loss of a pose: the gradient, followed by the curvature.
constexpr int kPoseLossNumbers = kMotionNumbers + kCurvatureSize;

struct PoseLoss {
  Twist gradient = {};                       // as kernels::CameraGradientParams has it
  SquareMatrix<kMotionNumbers> matrix = {};  // of Gauss and Newton; the lower triangle is used
};

// `numbers`: [kPoseLossNumbers].
inline PoseLoss PoseLossOf(const double* numbers) {
  PoseLoss loss;
  std::copy(numbers, numbers + kMotionNumbers, loss.gradient.begin());
  for (int row = 0; row < kMotionNumbers; ++row) {
    for (int column = 0; column <= row; ++column) {
      loss.matrix[size_t(row)][size_t(column)] = numbers[kMotionNumbers + CurvaturePlace(row, column)];
    }
  }
  return loss;
}

inline void Add(const PoseLoss& part, PoseLoss& loss) {
  for (size_t row = 0; row < kMotionNumbers; ++row) {
    loss.gradient[row] += part.gradient[row];
    for (size_t column = 0; column <= row; ++column) loss.matrix[row][column] += part.matrix[row][column];
  }
}

}  // namespace splat::train
