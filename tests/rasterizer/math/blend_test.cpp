#include "rasterizer/math/blend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/random.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::RandomVector;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

// Every 5th float of [-126, -2^-30] (60 million values; closer to zero the result is 1 to float precision).
TEST(Exp2, StaysWithinItsErrorBoundOverTheRange) {
  constexpr double kBound = 3e-7;  // promised by the header
  double worst = 0;
  float worst_at = 0;
  for (float high = 126.0f; high > 0x1p-30f; high = high > 64 ? 64.0f : high / 2) {
    const float low = high > 64 ? 64.0f : high / 2, step = low * 0x1p-23f * 5;
    for (float x = low; x < high; x += step) {
      const double exact = std::exp2(-double(x)), error = std::abs(double(Exp2(-x)) - exact) / exact;
      if (error > worst) {
        worst = error;
        worst_at = -x;
      }
    }
  }
  EXPECT_LT(worst, kBound) << "at " << worst_at;
  RecordProperty("worst_relative_error", std::to_string(worst));
}

TEST(Exp2, AlsoServesSmallPositiveNumbersAndDoubles) {
  EXPECT_NEAR(Exp2(0.0f), 1.0f, 2e-7f);
  EXPECT_NEAR(Exp2(3.25f), std::exp2(3.25f), 2e-6f);
  EXPECT_EQ(Exp2(-1.5), std::exp2(-1.5));
}

// A replay and a tile bound rely on nearer pixels never being less opaque by more than rounding.
TEST(Exp2, NeverFallsByMoreThanRoundingWhereItShouldRise) {
  float previous = Exp2(-9.0f);
  for (float p = -9.0f; p <= 0; p += 1e-5f) {
    const float value = Exp2(p);
    EXPECT_GE(value, previous * (1 - 4e-7f)) << p;
    previous = value;
  }
}

TEST(Log2Alpha, IsTheLogarithmOfSplatAlpha) {
  const BlendSplat<double> splat{{0, 0}, {0.5, 0.1, 0.3}, 0.8};
  const double half_x = HalfExtents(Conic(splat.conic, Determinant(splat.conic)), ReachOf(splat.opacity)).x;
  for (const double dx : {-3.0, 0.0, 1.5}) {
    for (const double dy : {-2.0, 0.0, 0.5}) {
      const FoldedSplat<double> folded = FoldSplat(splat, half_x);
      EXPECT_NEAR(Exp2(Log2Alpha(folded, dx, OffsetAcross(folded, dx, -dy))), SplatAlpha(splat, dx, dy), 1e-14);
    }
  }
}

TEST(IsDrawnByLog2, DecidesAsIsDrawnAndExcludesNan) {
  const float least = float(kLog2MinAlpha);
  EXPECT_TRUE(IsDrawnByLog2(least, 1.0f));
  EXPECT_FALSE(IsDrawnByLog2(std::nextafter(least, -100.0f), 1.0f));
  EXPECT_TRUE(IsDrawnByLog2(-1.0f, float(kMinTransmittance)));
  EXPECT_FALSE(IsDrawnByLog2(-1.0f, std::nextafter(float(kMinTransmittance), 0.0f)));
  EXPECT_FALSE(IsDrawnByLog2(kNan, 1.0f));
  EXPECT_FALSE(IsDrawnByLog2(-1.0f, kNan));
}

TEST(SplatAlpha, IsTheOpacityAtTheMeanAndFallsAsTheGaussian) {
  const BlendSplat<double> splat{{0, 0}, {0.5, 0.1, 0.3}, 0.8};
  EXPECT_EQ(SplatAlpha(splat, 0.0, 0.0), 0.8);
  const double q = 0.5 * 4 + 2 * 0.1 * 2 * -3 + 0.3 * 9;
  EXPECT_NEAR(SplatAlpha(splat, 2.0, -3.0), 0.8 * std::exp(-q / 2), 1e-16);
  EXPECT_EQ(SplatAlpha(splat, 2.0, -3.0), SplatAlpha(splat, -2.0, 3.0));
}

TEST(IsDrawn, IncludesBothThresholdsAndExcludesNan) {
  const float least = float(kMinAlpha);
  EXPECT_TRUE(IsDrawn(least, 1.0f));
  EXPECT_FALSE(IsDrawn(std::nextafter(least, 0.0f), 1.0f));
  EXPECT_TRUE(IsDrawn(0.5f, float(kMinTransmittance)));
  EXPECT_FALSE(IsDrawn(0.5f, std::nextafter(float(kMinTransmittance), 0.0f)));
  EXPECT_FALSE(IsDrawn(kNan, 1.0f));
  EXPECT_FALSE(IsDrawn(0.5f, kNan));
}

TEST(ClampAlpha, CutsAtTheMaximumAndTurnsNanIntoIt) {
  EXPECT_EQ(ClampAlpha(0.5), 0.5);
  EXPECT_EQ(ClampAlpha(0.999), kMaxAlpha);
  EXPECT_EQ(ClampAlpha(kInf), float(kMaxAlpha));
  EXPECT_EQ(ClampAlpha(kNan), float(kMaxAlpha)) << "finite; IsDrawn has rejected it";
}

// A column of splats with a background: dL/dalpha of each against dual numbers of the plain compositing sum.
TEST(AlphaGrad, ReplayedFrontToBackMatchesDualNumbers) {
  Random random(1);
  for (int trial = 0; trial < 30; ++trial) {
    const int count = 1 + int(random.Below(12));
    const auto alpha = RandomVector(count, 0.01, 0.8, random), color = RandomVector(count, -1, 1, random);
    const double background = random.Uniform(0, 1), g = random.Normal();
    const auto composite = [&](const auto& a) {
      using Scalar = std::decay_t<decltype(a[0])>;
      Scalar sum(0.0), t(1.0);
      for (int i = 0; i < count; ++i) {
        sum += a[i] * t * Scalar(color[i]);
        t -= a[i] * t;
      }
      return Scalar(g) * (sum + t * Scalar(background));
    };
    const auto expected = DualGradient(composite, alpha);
    double behind = composite(alpha), t = 1;
    std::vector<double> actual(count);
    for (int i = 0; i < count; ++i) {
      behind -= alpha[i] * t * g * color[i];
      actual[i] = AlphaGrad(alpha[i], t, g * color[i], behind);
      t -= alpha[i] * t;
    }
    EXPECT_TRUE(GradientsMatch(actual, expected, kDualTolerance));
  }
}

// L = sum over pixels of w_p alpha_p: v = alpha dL/dalpha = alpha w.
TEST(MomentsToGrad, MatchesDualNumbersOfTheSumOverPixels) {
  Random random(2);
  for (int trial = 0; trial < 30; ++trial) {
    const auto w = RandomVector(64, -1, 1, random);
    const std::vector<double> x{random.Uniform(1, 7),  random.Uniform(1, 7),     random.Uniform(0.1, 0.5),
                                random.Uniform(-2, 2), random.Uniform(0.1, 0.5), random.Uniform(0.1, 0.9)};
    const auto alpha = [](const auto& v, int p) {
      using std::exp;
      const auto dx = v[0] - p % 8, offset = v[1] - p / 8 + v[3] * dx;
      return v[5] * exp(-0.5 * (v[2] * offset * offset + v[4] * dx * dx));
    };
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          Dual loss;
          for (int p = 0; p < 64; ++p) loss += w[p] * alpha(v, p);
          return loss;
        },
        x);
    BlendMoments<double> m{};
    for (int p = 0; p < 64; ++p) {
      const double dx = x[0] - p % 8, o = x[1] - p / 8 + x[3] * dx, v = w[p] * alpha(x, p);
      m = {m.m0 + v, m.mx + v * dx, m.mw + v * o, m.mxx + v * dx * dx, m.mxw + v * dx * o, m.mww + v * o * o};
    }
    const auto g = MomentsToGrad<double>({x[2], x[3], x[4]}, x[5], m);
    EXPECT_TRUE(GradientsMatch({g.mean.x, g.mean.y, g.conic.across, g.conic.shear, g.conic.along, g.opacity}, expected,
                               kDualTolerance));
  }
}

}  // namespace
}  // namespace splat::math
