#include "rasterizer/math/covariance_3d.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::QuaternionAt;
using testing::RandomVector;
using testing::VectorAt;

TEST(Covariance3d, OfAnUnturnedSplatIsDiagonal) {
  const SymMat3<double> s = Covariance3d<double>({std::log(2.0), std::log(3.0), std::log(0.5)}, {1, 0, 0, 0});
  EXPECT_NEAR(s.xx, 4, 1e-14);
  EXPECT_NEAR(s.yy, 9, 1e-14);
  EXPECT_NEAR(s.zz, 0.25, 1e-14);
  EXPECT_EQ(s.xy, 0);
  EXPECT_EQ(s.xz, 0);
  EXPECT_EQ(s.yz, 0);
}

TEST(Covariance3d, OfARoundSplatDoesNotDependOnTheRotation) {
  const SymMat3<double> s = Covariance3d<double>({0.4, 0.4, 0.4}, {0.3, -2, 0.7, 1.1});
  EXPECT_NEAR(s.xx, std::exp(0.8), 1e-13);
  EXPECT_NEAR(s.yy, std::exp(0.8), 1e-13);
  EXPECT_NEAR(s.zz, std::exp(0.8), 1e-13);
  EXPECT_NEAR(s.xy, 0, 1e-13);
}

TEST(Covariance3d, KeepsTheEigenvaluesOfTheScales) {
  Random random(4);
  for (int trial = 0; trial < 50; ++trial) {
    const auto x = RandomVector(7, -1, 1, random);
    const SymMat3<double> s = Covariance3d(VectorAt(x, 0), QuaternionAt(x, 3));
    const double v[3] = {std::exp(2 * x[0]), std::exp(2 * x[1]), std::exp(2 * x[2])};
    // The three invariants of a symmetric matrix.
    const Mat3<double> full{{{s.xx, s.xy, s.xz}, {s.xy, s.yy, s.yz}, {s.xz, s.yz, s.zz}}};
    const double minors = s.xx * s.yy - s.xy * s.xy + s.xx * s.zz - s.xz * s.xz + s.yy * s.zz - s.yz * s.yz;
    EXPECT_NEAR(s.xx + s.yy + s.zz, v[0] + v[1] + v[2], 1e-12);
    EXPECT_NEAR(minors, v[0] * v[1] + v[1] * v[2] + v[2] * v[0], 1e-11);
    EXPECT_NEAR(Determinant(full), v[0] * v[1] * v[2], 1e-11);
  }
}

}  // namespace
}  // namespace splat::math
