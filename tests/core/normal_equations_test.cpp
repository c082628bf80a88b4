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

TEST(NormalEquations, HaveNoSolutionWhereTheyDoNotDetermineIt) {
  NormalEquations<2> first_only;
  first_only.Add({1, 0}, 4);
  first_only.Add({2, 0}, 8);
  EXPECT_FALSE(first_only.Solution());
  const auto damped = first_only.Solution(1e-9);
  ASSERT_TRUE(damped);
  EXPECT_NEAR((*damped)[0], 4, 1e-6);
  EXPECT_EQ((*damped)[1], 0);
  EXPECT_FALSE(NormalEquations<2>().Solution());
}

}  // namespace
}  // namespace splat
