#include "rasterizer/math/antialiasing_opacity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/covariance_2d.h"

namespace splat::math {
namespace {

template <typename T>
T CompensationOf(const SymMat2<T>& sharp) {
  return LowPassCompensation(Determinant(sharp), Determinant(WithLowPass(sharp)));
}

TEST(LowPassCompensation, IsTheRootOfTheRatioOfTheDeterminants) {
  EXPECT_NEAR(CompensationOf<double>({2, 0, 0.5}), std::sqrt(1 / (2.3 * 0.8)), 1e-15);
  EXPECT_NEAR(CompensationOf<double>({2, 0.6, 0.5}), std::sqrt(0.64 / (2.3 * 0.8 - 0.36)), 1e-15);
  EXPECT_NEAR(CompensationOf<double>({0.3, 0, 0.3}), 0.5, 1e-15) << "as large as the low-pass: half of the light";
}

TEST(LowPassCompensation, GoesFromNothingForAPointToOneForALargeSplat) {
  EXPECT_EQ(CompensationOf<double>({0, 0, 0}), 0);
  EXPECT_EQ(CompensationOf<double>({4, 2, 1}), 0) << "a line";
  EXPECT_NEAR(CompensationOf<double>({1e-4, 0, 1e-4}), 1e-4 / 0.3, 1e-6);
  double before = 0;
  for (double variance = 1e-3; variance < 1e5; variance *= 3) {
    const double compensation = CompensationOf<double>({variance, 0, variance});
    EXPECT_GT(compensation, before);
    before = compensation;
  }
  EXPECT_NEAR(before, 1, 1e-4);
  EXPECT_LE(before, 1);
  EXPECT_TRUE(std::isnan(CompensationOf<double>({std::nan(""), 0, 1})));
}

TEST(Antialiasing, EveryModeBecomesAConstant) {
  for (int number = 0; number < kAntialiasingModes; ++number) {
    EXPECT_EQ(ForAntialiasing(Antialiasing(number), [](auto mode) { return int(decltype(mode)::value); }), number);
  }
}

TEST(OpacityFactor, IsOneOrThatOfTheMode) {
  const SymMat2<double> sharp{2, 0.6, 0.5};
  const double sharp_det = Determinant(sharp), det = Determinant(WithLowPass(sharp));
  EXPECT_EQ(OpacityFactor(Antialiasing::kCompensated, sharp_det, det), LowPassCompensation(sharp_det, det));
  for (int number = 0; number < kAntialiasingModes; ++number) {
    const auto mode = Antialiasing(number);
    EXPECT_EQ(OpacityFactor(mode, sharp_det, det) != 1, HasOpacityFactor(mode)) << number;
  }
}

}  // namespace
}  // namespace splat::math
