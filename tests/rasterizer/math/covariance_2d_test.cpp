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

using testing::RandomVector;
using testing::TestCamera;
using testing::VectorAt;

TEST(Covariance2d, OfARoundSplatOnTheAxisIsItsScaledSize) {
  const Camera camera = TestCamera(320, 200, 0);
  const auto p = MakePinholeCamera<double>(camera);
  const double s2 = 0.01, z = 2.5;
  const SymMat2<double> cov = Covariance2d<double>(ProjectionJacobian<double>(p, {0, 0, z}), {s2, 0, 0, s2, 0, s2});
  EXPECT_NEAR(cov.xx, s2 * camera.fx * camera.fx / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.yy, s2 * camera.fy * camera.fy / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.xy, 0, 1e-12);
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

}  // namespace
}  // namespace splat::math
