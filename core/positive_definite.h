// This header solves small systems of linear equations with a symmetric positive definite matrix.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace splat {

template <size_t N>
using SquareMatrix = std::array<std::array<double, N>, N>;

// Solves a x = b by Cholesky's decomposition, reading only the lower triangle of `a`, and leaves x in b. Returns false,
// and leaves b unusable, where the matrix is not positive definite or not finite.
template <size_t N>
bool SolvePositiveDefinite(SquareMatrix<N> a, std::array<double, N>& b) {
  for (size_t row = 0; row < N; ++row) {
    for (size_t column = 0; column <= row; ++column) {
      double rest = a[row][column];
      for (size_t k = 0; k < column; ++k) rest -= a[row][k] * a[column][k];
      if (row == column && !(rest > 0 && std::isfinite(rest))) return false;
      a[row][column] = row == column ? std::sqrt(rest) : rest / a[column][column];
    }
  }
  for (size_t i = 0; i < N; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (size_t i = N; i-- > 0;) {
    for (size_t k = i + 1; k < N; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return true;
}

}  // namespace splat
