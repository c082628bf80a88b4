#include "rasterizer/math/sh.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/constants.h"
#include "core/random.h"
#include "rasterizer/math/sh_degree.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::RandomVector;

Vec3<double> RandomDirection(Random& random) {
  return Normalized(Vec3<double>{random.Normal(), random.Normal(), random.Normal()});
}

TEST(ShConstants, AreThoseOfTheirClosedForms) {
  EXPECT_NEAR(kShC0, 1 / (2 * std::sqrt(kPi)), 1e-15);
  EXPECT_NEAR(kShC1, std::sqrt(3 / (4 * kPi)), 1e-15);
  EXPECT_NEAR(kShC2a, std::sqrt(15 / (4 * kPi)), 1e-15);
  EXPECT_NEAR(kShC2b, std::sqrt(5 / (16 * kPi)), 1e-15);
  EXPECT_NEAR(kShC2c, std::sqrt(15 / (16 * kPi)), 1e-15);
  EXPECT_NEAR(kShC3a, std::sqrt(35 / (32 * kPi)), 1e-15);
  EXPECT_NEAR(kShC3b, std::sqrt(105 / (4 * kPi)), 1e-15);
  EXPECT_NEAR(kShC3c, std::sqrt(21 / (32 * kPi)), 1e-15);
  EXPECT_NEAR(kShC3d, std::sqrt(7 / (16 * kPi)), 1e-15);
  EXPECT_NEAR(kShC3e, std::sqrt(105 / (16 * kPi)), 1e-15);
}

// Midpoints in z and equal steps in longitude integrate products of degree six to the error of the midpoint rule.
TEST(ShBasis, IsOrthonormalOnTheSphere) {
  constexpr int kZ = 400, kPhi = 32;
  double gram[16][16] = {};
  for (int i = 0; i < kZ; ++i) {
    const double z = -1 + (i + 0.5) * 2 / kZ, r = std::sqrt(1 - z * z);
    for (int j = 0; j < kPhi; ++j) {
      const double phi = 2 * kPi * j / kPhi;
      double y[16] = {kShC0};
      ShBasis(3, Vec3<double>{r * std::cos(phi), r * std::sin(phi), z}, y + 1);
      for (int a = 0; a < 16; ++a) {
        for (int b = 0; b < 16; ++b) gram[a][b] += y[a] * y[b] * 4 * kPi / (kZ * kPhi);
      }
    }
  }
  for (int a = 0; a < 16; ++a) {
    for (int b = 0; b < 16; ++b) EXPECT_NEAR(gram[a][b], a == b ? 1 : 0, 1e-4) << a << ", " << b;
  }
}

// The PLY layout fixes order and signs: at the poles of the axes only few functions are not zero.
TEST(ShBasis, HasTheSignsOfTheInriaLayout) {
  double x[15], y[15], z[15];
  ShBasis(3, Vec3<double>{1, 0, 0}, x);
  ShBasis(3, Vec3<double>{0, 1, 0}, y);
  ShBasis(3, Vec3<double>{0, 0, 1}, z);
  EXPECT_DOUBLE_EQ(y[0], -kShC1);
  EXPECT_DOUBLE_EQ(z[1], kShC1);
  EXPECT_DOUBLE_EQ(x[2], -kShC1);
  EXPECT_DOUBLE_EQ(z[5], 2 * kShC2b);
  EXPECT_DOUBLE_EQ(x[7], kShC2c);
  EXPECT_DOUBLE_EQ(y[8], kShC3a);
  EXPECT_DOUBLE_EQ(y[10], kShC3c);
  EXPECT_DOUBLE_EQ(z[11], 2 * kShC3d);
  EXPECT_DOUBLE_EQ(x[12], kShC3c);
  EXPECT_DOUBLE_EQ(x[14], -kShC3a);
  const double d = std::sqrt(0.5);
  double xy[15], yz[15], xz[15], xyz[15];
  ShBasis(3, Vec3<double>{d, d, 0}, xy);
  ShBasis(3, Vec3<double>{0, d, d}, yz);
  ShBasis(3, Vec3<double>{d, 0, d}, xz);
  const double t = std::sqrt(1.0 / 3);
  ShBasis(3, Vec3<double>{t, t, t}, xyz);
  EXPECT_NEAR(xy[3], kShC2a / 2, 1e-15);
  EXPECT_NEAR(yz[4], -kShC2a / 2, 1e-15);
  EXPECT_NEAR(xz[6], -kShC2a / 2, 1e-15);
  EXPECT_NEAR(xyz[9], kShC3b * t * t * t, 1e-15);
  EXPECT_NEAR(xz[13], kShC3e * d * d * d, 1e-15);
}

TEST(ShBasis, WritesOnlyTheActiveDegree) {
  for (int degree = 0; degree <= 3; ++degree) {
    double basis[15];
    for (double& b : basis) b = 77;
    ShBasis(degree, Vec3<double>{0.6, 0, 0.8}, basis);
    for (int k = ShRestCount(degree); k < 15; ++k) EXPECT_EQ(basis[k], 77);
  }
}

TEST(ShBasis, GradientMatchesDualNumbersOffTheSphereToo) {
  Random random(1);
  for (int trial = 0; trial < 40; ++trial) {
    const int degree = trial % 4;
    const auto d = RandomVector(3, -1.3, 1.3, random), w = RandomVector(15, -1, 1, random);
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& x) {
          Dual basis[15], loss;
          ShBasis(degree, Vec3<Dual>{x[0], x[1], x[2]}, basis);
          for (int k = 0; k < ShRestCount(degree); ++k) loss += w[k] * basis[k];
          return loss;
        },
        d);
    const Vec3<double> g = ShBasisBackward(degree, Vec3<double>{d[0], d[1], d[2]}, w.data());
    EXPECT_TRUE(GradientsMatch({g.x, g.y, g.z}, expected, kDualTolerance)) << "degree " << degree;
  }
}

TEST(ShColor, OfDegreeZeroIsTheBaseColourFromAnywhere) {
  const double dc[3] = {ColorToShDc(0.2), ColorToShDc(0.5), ColorToShDc(0.9)};
  Random random(2);
  for (int trial = 0; trial < 5; ++trial) {
    const Vec3<double> c = ShColorUnclamped<double>(0, RandomDirection(random), dc, nullptr);
    EXPECT_NEAR(c.x, 0.2, 1e-15);
    EXPECT_NEAR(c.y, 0.5, 1e-15);
    EXPECT_NEAR(c.z, 0.9, 1e-15);
  }
}

TEST(ShColor, GradientMatchesDualNumbersInEveryDegree) {
  Random random(3);
  for (int trial = 0; trial < 40; ++trial) {
    const int degree = trial % 4, rest_count = ShRestCount(degree);
    const auto x = RandomVector(6 + 3 * rest_count, -1, 1, random), w = RandomVector(3, -1, 1, random);
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const Vec3<Dual> direction = Normalized(Vec3<Dual>{v[0], v[1], v[2]});
          const Vec3<Dual> c = ShColorUnclamped(degree, direction, &v[3], v.data() + 6);
          return w[0] * c.x + w[1] * c.y + w[2] * c.z;
        },
        x);
    std::vector<double> actual(x.size());
    const Vec3<double> view{x[0], x[1], x[2]}, grad_color{w[0], w[1], w[2]};
    ShCoefficientsBackward(degree, Normalized(view), grad_color, &actual[3], actual.data() + 6);
    const Vec3<double> grad_direction = ShDirectionBackward(degree, Normalized(view), x.data() + 6, grad_color);
    const Vec3<double> g = NormalizedBackward(view, grad_direction);
    actual[0] = g.x;
    actual[1] = g.y;
    actual[2] = g.z;
    EXPECT_TRUE(GradientsMatch(actual, expected, kDualTolerance)) << "degree " << degree;
    EXPECT_NEAR(Dot(g, view), 0, 1e-12) << "a longer view vector gives the same colour";
  }
}

TEST(ClampColor, CutsDarkChannelsAndTheirGradientOnly) {
  const Vec3<double> c{-0.1, 0.0, 1.7};
  const Vec3<double> clamped = ClampColor(c), grad = ClampColorBackward(c, Vec3<double>{1, 1, 1});
  EXPECT_EQ(clamped.x, 0);
  EXPECT_EQ(clamped.y, 0);
  EXPECT_EQ(clamped.z, 1.7) << "light has no upper bound";
  EXPECT_EQ(grad.x, 0);
  EXPECT_EQ(grad.y, 0);
  EXPECT_EQ(grad.z, 1);
}

}  // namespace
}  // namespace splat::math
