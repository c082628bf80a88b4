// Systems with a positive definite matrix are solved, others are refused.
#include "core/positive_definite.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/random.h"

namespace splat {
namespace {

TEST(SolvePositiveDefinite, FindsWhatGivesTheRightSide) {
  Random random(3);
  SquareMatrix<5> root, matrix{};
  for (auto& row : root) {
    for (double& x : row) x = random.Normal();
  }
  std::array<double, 5> expected, b{};
  for (double& x : expected) x = random.Normal();
  for (size_t i = 0; i < 5; ++i) {
    for (size_t j = 0; j < 5; ++j) {
      for (size_t k = 0; k < 5; ++k) matrix[i][j] += root[i][k] * root[j][k];
      b[i] += matrix[i][j] * expected[j];
    }
  }
  for (size_t i = 0; i < 5; ++i) {
    for (size_t j = i + 1; j < 5; ++j) matrix[i][j] = 1e9;  // is not read
  }
  ASSERT_TRUE(SolvePositiveDefinite(matrix, b));
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(b[i], expected[i], 1e-9) << i;
}

TEST(SolvePositiveDefinite, RefusesWhatIsNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const SquareMatrix<2> bad[] = {
      {{{0, 0}, {0, 1}}}, {{{1, 0}, {2, 1}}}, {{{nan, 0}, {0, 1}}}, {{{1, 0}, {nan, 1}}}, {{{infinity, 0}, {0, 1}}}};
  for (const SquareMatrix<2>& matrix : bad) {
    std::array<double, 2> b = {1, 1};
    EXPECT_FALSE(SolvePositiveDefinite(matrix, b));
  }
}

}  // namespace
}  // namespace splat
