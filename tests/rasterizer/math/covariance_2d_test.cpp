#include "rasterizer/math/covariance_2d.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/covariance_3d.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::RandomVector;
using testing::TestCamera;
using testing::VectorAt;

template <typename T>
SymMat3<T> SymMat3At(const std::vector<T>& x, int first) {
  return {x[first], x[first + 1], x[first + 2], x[first + 3], x[first + 4], x[first + 5]};
}

TEST(Covariance2d, OfARoundSplatOnTheAxisIsItsScaledSize) {
  const Camera camera = TestCamera(320, 200, 0);
  const auto p = MakePinholeCamera<double>(camera);
  const double s2 = 0.01, z = 2.5;
  const SymMat2<double> cov = Covariance2d<double>(ProjectionJacobian<double>(p, {0, 0, z}), {s2, 0, 0, s2, 0, s2});
  EXPECT_NEAR(cov.xx, s2 * camera.fx * camera.fx / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.yy, s2 * camera.fy * camera.fy / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.xy, 0, 1e-12);
}

// Where a tangent is clamped its own gradient is cut; the depth's part through 1 / z remains.
TEST(Covariance2d, GradientMatchesDualNumbersInsideAndClamped) {
  const auto camera = MakePinholeCamera<double>(TestCamera(320, 200, 3));
  const auto dual_camera = MakePinholeCamera<Dual>(TestCamera(320, 200, 3));
  Random random(2);
  int clamped_x = 0, clamped_y = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const double z = random.Uniform(0.5, 6);
    std::vector<double> x{random.Uniform(-1.2, 1.2) * z, random.Uniform(-1.2, 1.2) * z, z};
    const auto covariance = Covariance3d<double>(VectorAt(RandomVector(3, -2, 0, random), 0),
                                                 {random.Normal(), random.Normal(), random.Normal(), random.Normal()});
    x.insert(x.end(), {covariance.xx, covariance.xy, covariance.xz, covariance.yy, covariance.yz, covariance.zz});
    const auto w = RandomVector(3, -1, 1, random);
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const auto cov = Covariance2d(ProjectionJacobian(dual_camera, VectorAt(v, 0)), SymMat3At(v, 3));
          return w[0] * cov.xx + w[1] * cov.xy + w[2] * cov.yy;
        },
        x);
    const auto g = Covariance2dBackward<double>(camera, VectorAt(x, 0), SymMat3At(x, 3), {w[0], w[1], w[2]});
    EXPECT_TRUE(GradientsMatch({g.point_in_camera.x, g.point_in_camera.y, g.point_in_camera.z, g.sigma.xx, g.sigma.xy,
                                g.sigma.xz, g.sigma.yy, g.sigma.yz, g.sigma.zz},
                               expected, kDualTolerance));
    const double u = x[0] / z, v = x[1] / z;
    if (u < camera.tan_min.x || u > camera.tan_max.x) {
      ++clamped_x;
      EXPECT_EQ(g.point_in_camera.x, 0);
    }
    if (v < camera.tan_min.y || v > camera.tan_max.y) {
      ++clamped_y;
      EXPECT_EQ(g.point_in_camera.y, 0);
    }
  }
  EXPECT_GT(clamped_x, 20);
  EXPECT_GT(clamped_y, 20);
}

TEST(Covariance2dDeterminant, IsTheDeterminantBeforeTheLowPassAndBehindIt) {
  Random random(4);
  for (int trial = 0; trial < 100; ++trial) {
    const auto camera = MakePinholeCamera<double>(TestCamera(320, 200, 1 + trial));
    const auto x = RandomVector(10, -1, 1, random);
    const Vec3<double> log_scale = VectorAt(x, 0);
    const Quaternion<double> quat{x[3], x[4], x[5], x[6]};
    const auto rows = ProjectionJacobian<double>(camera, {x[7], x[8], 2 + x[9]});
    const auto cov = Covariance2d(rows, Covariance3d(log_scale, quat));
    const double sharp = SharpDeterminant2d(rows, log_scale, quat);
    EXPECT_NEAR(sharp / Determinant(SharpCovariance2d(rows, Covariance3d(log_scale, quat))), 1, 1e-9);
    EXPECT_NEAR(Covariance2dDeterminant(sharp, cov) / Determinant(cov), 1, 1e-11);
  }
}

TEST(Conic, IsTheInverse) {
  const SymMat2<double> cov{5, -1.2, 2.5}, c = Conic(cov, Determinant(cov));
  EXPECT_NEAR(cov.xx * c.xx + cov.xy * c.xy, 1, 1e-15);
  EXPECT_NEAR(cov.xx * c.xy + cov.xy * c.yy, 0, 1e-15);
  EXPECT_NEAR(cov.xy * c.xy + cov.yy * c.yy, 1, 1e-15);
}

TEST(Conic, GradientMatchesDualNumbers) {
  Random random(3);
  for (int trial = 0; trial < 50; ++trial) {
    const double a = random.Uniform(0.3, 30), c = random.Uniform(0.3, 30);
    const std::vector<double> x{a, random.Uniform(-0.9, 0.9) * std::sqrt(a * c), c};
    const auto w = RandomVector(3, -1, 1, random);
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const SymMat2<Dual> cov{v[0], v[1], v[2]};
          const auto conic = ShearedConicOf(cov, Determinant(cov));
          return w[0] * conic.across + w[1] * conic.shear + w[2] * conic.along;
        },
        x);
    const SymMat2<double> cov{x[0], x[1], x[2]};
    const auto g = ShearedConicBackward(ShearedConicOf(cov, Determinant(cov)), {w[0], w[1], w[2]});
    EXPECT_TRUE(GradientsMatch({g.xx, g.xy, g.yy}, expected, kDualTolerance));
  }
}

}  // namespace
}  // namespace splat::math
