// This class solves a weighted least-squares fit by its normal equations, which are summed equation by equation.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/positive_definite.h"

namespace splat {

// Finds the N numbers x that make the sum of weight (row x - value)^2 over all added equations smallest.
template <size_t N>
class NormalEquations {
 public:
  void Add(const std::array<double, N>& row, double value, double weight = 1) {
    for (size_t i = 0; i < N; ++i) {
      const double weighted = weight * row[i];
      for (size_t j = 0; j <= i; ++j) matrix_[i][j] += weighted * row[j];
      right_[i] += weighted * value;
    }
  }

  // Returns x, or nothing if the equations visibly do not determine it (rounding may hide that they do not). `damping`
  // is added to the diagonal of the summed matrix: a small one gives a solution, drawn towards 0, in such a case, too.
  std::optional<std::array<double, N>> Solution(double damping = 0) const {
    SquareMatrix<N> damped = matrix_;
    for (size_t i = 0; i < N; ++i) damped[i][i] += damping;
    std::array<double, N> x = right_;
    if (!SolvePositiveDefinite(damped, x)) return std::nullopt;
    return x;
  }

 private:
  SquareMatrix<N> matrix_{};  // the lower triangle
  std::array<double, N> right_{};
};

}  // namespace splat
