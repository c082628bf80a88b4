// Weighted least squares against fits whose solution is known.
#include "core/normal_equations.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(NormalEquations, FindTheLineThroughPoints) {
  NormalEquations<2> line;
  for (const double x : {0.0, 1.0, 2.0, 5.0}) line.Add({x, 1}, 3 * x - 2);
  const auto found = line.Solution();
  ASSERT_TRUE(found);
  EXPECT_NEAR((*found)[0], 3, 1e-12);
  EXPECT_NEAR((*found)[1], -2, 1e-12);
}

TEST(NormalEquations, CountAnEquationByItsWeight) {
  NormalEquations<1> mean;
  mean.Add({1}, 10, 3);
  mean.Add({1}, 2);
  EXPECT_NEAR((*mean.Solution())[0], 8, 1e-12);
}

TEST(NormalEquations, HaveNoSolutionWhereRowsRepeatEachOther) {
  NormalEquations<2> same;
  same.Add({1, 1}, 4);
  same.Add({1, 1}, 4);
  EXPECT_FALSE(same.Solution());
  const auto damped = same.Solution(1e-9);
  ASSERT_TRUE(damped);
  EXPECT_NEAR((*damped)[0], 2, 1e-6);
  EXPECT_NEAR((*damped)[1], 2, 1e-6);
  EXPECT_FALSE(NormalEquations<2>().Solution());
}

}  // namespace
}  // namespace splat
