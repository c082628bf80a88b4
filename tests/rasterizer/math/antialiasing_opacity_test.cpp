#include "rasterizer/math/antialiasing_opacity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/covariance_2d.h"
#include "tests/support/gradient_check.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;

template <typename T>
SymMat2<T> Blurred(const SymMat2<T>& sharp) {
  return {sharp.xx + T(kLowPassVariancePx2), sharp.xy, sharp.yy + T(kLowPassVariancePx2)};
}

template <typename T>
T CompensationOf(const SymMat2<T>& sharp) {
  return LowPassCompensation(Determinant(sharp), Determinant(Blurred(sharp)));
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

TEST(LowPassCompensation, GradientMatchesDualNumbersFromSpecksToLargeSplats) {
  Random random(5);
  for (int trial = 0; trial < 100; ++trial) {
    const double a = std::pow(10.0, random.Uniform(-3, 3)), c = std::pow(10.0, random.Uniform(-3, 3));
    const std::vector<double> x{a, random.Uniform(-0.9, 0.9) * std::sqrt(a * c), c};
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          return 1.7 * CompensationOf<Dual>({v[0], v[1], v[2]});
        },
        x);
    const SymMat2<double> sharp{x[0], x[1], x[2]}, blurred = Blurred(sharp);
    const auto g = LowPassCompensationBackward(Conic(sharp, Determinant(sharp)), Conic(blurred, Determinant(blurred)),
                                               CompensationOf(sharp), 1.7);
    EXPECT_TRUE(GradientsMatch({g.xx, g.xy, g.yy}, expected, kDualTolerance)) << a << " " << c;
  }
}

TEST(Antialiasing, EveryModeBecomesAConstant) {
  for (int number = 0; number < kAntialiasingModes; ++number) {
    EXPECT_EQ(ForAntialiasing(Antialiasing(number), [](auto mode) { return int(decltype(mode)::value); }), number);
  }
}

TEST(OpacityFactor, IsOneOrHasTheGradientOfEveryMode) {
  const SymMat2<double> sharp{2, 0.6, 0.5}, blurred = Blurred(sharp);
  const double sharp_det = Determinant(sharp), det = Determinant(blurred);
  EXPECT_EQ(OpacityFactor(Antialiasing::kCompensated, sharp_det, det), LowPassCompensation(sharp_det, det));
  for (int number = 0; number < kAntialiasingModes; ++number) {
    const auto mode = Antialiasing(number);
    const double factor = OpacityFactor(mode, sharp_det, det);
    EXPECT_EQ(factor != 1, HasOpacityFactor(mode)) << number;
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const SymMat2<Dual> of_v{v[0], v[1], v[2]};
          return 1.7 * OpacityFactor(mode, Determinant(of_v), Determinant(Blurred(of_v)));
        },
        {sharp.xx, sharp.xy, sharp.yy});
    const auto g = OpacityFactorBackward(mode, Conic(sharp, sharp_det), Conic(blurred, det), factor, 1.7);
    EXPECT_TRUE(GradientsMatch({g.xx, g.xy, g.yy}, expected, kDualTolerance)) << number;
  }
}

}  // namespace
}  // namespace splat::math
