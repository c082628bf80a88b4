#include "rasterizer/math/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/gradient_check.h"

namespace splat::math {
namespace {

using testing::Dual;

TEST(Sigmoid, HasItsKnownValues) {
  EXPECT_EQ(Sigmoid(0.0), 0.5);
  EXPECT_NEAR(Sigmoid(std::log(3.0)), 0.75, 1e-15);
  EXPECT_NEAR(Sigmoid(-2.0) + Sigmoid(2.0), 1, 1e-15);
}

TEST(Sigmoid, SaturatesWithoutNanInFloat) {
  EXPECT_EQ(Sigmoid(200.0f), 1.0f);
  EXPECT_EQ(Sigmoid(-200.0f), 0.0f);
  EXPECT_EQ(Sigmoid(std::numeric_limits<float>::infinity()), 1.0f);
  EXPECT_TRUE(std::isnan(Sigmoid(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Sigmoid, GradientMatchesDualNumbers) {
  for (double x = -12; x <= 12; x += 0.37) {
    const Dual y = Sigmoid(Dual(x, 1));
    EXPECT_NEAR(SigmoidBackward(y.value, 1.7), 1.7 * y.derivative, testing::kDualTolerance) << x;
  }
}

TEST(Logit, InvertsTheSigmoid) {
  for (const double p : {1e-6, 1.0 / 255, 0.01, 0.1, 0.5, 0.9, 0.999})
    EXPECT_NEAR(Sigmoid(Logit(p)), p, 1e-14 + 1e-12 * p);
  for (const double x : {-9.0, -1.0, 0.0, 2.5, 9.0}) EXPECT_NEAR(Logit(Sigmoid(x)), x, 1e-11);
}

}  // namespace
}  // namespace splat::math
