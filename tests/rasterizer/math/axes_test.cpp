// The axes of a splat on the image against the covariances that they make, and the gradient by way of them against dual
// numbers, and in float against double.
#include "rasterizer/math/axes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/covariance_3d.h"
#include "tests/support/dual.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::RandomVector;
using testing::VectorAt;

// A splat and the rows of a Jacobian: 13 numbers.
template <typename T>
struct Input {
  JacobianRows<T> rows;
  Vec3<T> log_scale;
  Quaternion<T> quat;

  explicit Input(const std::vector<T>& x)
      : rows{VectorAt(x, 0), VectorAt(x, 3)}, log_scale(VectorAt(x, 6)), quat{x[9], x[10], x[11], x[12]} {}
};

std::vector<double> RandomInput(double smallest_log_scale, double largest_log_scale, Random& random) {
  std::vector<double> x = RandomVector(13, -1, 1, random);
  for (size_t k = 6; k < 9; ++k) x[k] = random.Uniform(smallest_log_scale, largest_log_scale);
  return x;
}

TEST(ProjectAxes, MakeTheCovarianceAndItsDeterminant) {
  constexpr double kTolerance = 1e-9;  // relative; the other way, with which it is compared, cancels
  Random random(1);
  for (int trial = 0; trial < 100; ++trial) {
    const Input<double> in(RandomInput(-2, 2, random));
    const ProjectedAxes<double> axes = ProjectAxes(in.rows, in.log_scale, in.quat);
    const SymMat2<double> s = SharpCovariance2d(axes);
    const SymMat2<double> expected = SharpCovariance2d(in.rows, Covariance3d(in.log_scale, in.quat));
    EXPECT_NEAR(s.xx, expected.xx, kTolerance * expected.xx);
    EXPECT_NEAR(s.xy, expected.xy, kTolerance * (expected.xx + expected.yy));
    EXPECT_NEAR(s.yy, expected.yy, kTolerance * expected.yy);
    const double det = DeterminantShare(axes, 0) + DeterminantShare(axes, 1) + DeterminantShare(axes, 2);
    EXPECT_NEAR(det, SharpDeterminant2d(in.rows, in.log_scale, in.quat), kTolerance * det);
    for (int k = 0; k < 3; ++k) {
      const Vec2<double> t = axes.image[k], once = AdjugateTimesAxis(axes, k);
      const Vec2<double> twice = AdjugateTwiceTimesAxis(axes, k, once);
      const double size = (s.xx + s.yy) * std::hypot(t.x, t.y);
      EXPECT_NEAR(once.x, s.yy * t.x - s.xy * t.y, kTolerance * size);
      EXPECT_NEAR(once.y, s.xx * t.y - s.xy * t.x, kTolerance * size);
      EXPECT_NEAR(twice.x, s.yy * once.x - s.xy * once.y, kTolerance * size * (s.xx + s.yy));
      EXPECT_NEAR(twice.y, s.xx * once.y - s.xy * once.x, kTolerance * size * (s.xx + s.yy));
    }
  }
}

// A random functional of the conic and of the opacity's factor, by all that they depend on.
TEST(ProjectAxesBackward, MatchesDualNumbersFromSpecksToLargeSplats) {
  Random random(2);
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<double> x = RandomInput(-4, 4, random), w = RandomVector(4, -1, 1, random);
    const auto mode = Antialiasing(trial % kAntialiasingModes);
    const auto loss = [&](const std::vector<Dual>& v) {
      const Input<Dual> in(v);
      const SymMat2<Dual> cov = Covariance2d(in.rows, Covariance3d(in.log_scale, in.quat));
      const Dual sharp_det = SharpDeterminant2d(in.rows, in.log_scale, in.quat);
      const Dual det = Covariance2dDeterminant(sharp_det, cov);
      const auto conic = ShearedConicOf(cov, det);
      return w[0] * conic.across + w[1] * conic.shear + w[2] * conic.along + w[3] * OpacityFactor(mode, sharp_det, det);
    };
    const Input<double> in(x);
    const ProjectedAxes<double> axes = ProjectAxes(in.rows, in.log_scale, in.quat);
    const SymMat2<double> cov = WithLowPass(SharpCovariance2d(axes));
    const double sharp_det = SharpDeterminant2d(in.rows, in.log_scale, in.quat);
    const double det = Covariance2dDeterminant(sharp_det, cov);
    const auto grad = ShearedConicBackward(axes, ShearedConicOf(cov, det), {w[0], w[1], w[2]}) +
                      OpacityFactorBackward(mode, axes, sharp_det, det, w[3]);
    const auto g = ProjectAxesBackward(in.quat, axes, grad);
    EXPECT_TRUE(GradientsMatch({g.rows.u.x, g.rows.u.y, g.rows.u.z, g.rows.v.x, g.rows.v.y, g.rows.v.z, g.log_scale.x,
                                g.log_scale.y, g.log_scale.z, g.quat.w, g.quat.x, g.quat.y, g.quat.z},
                               DualGradient(loss, x), kDualTolerance))
        << trial;
    const double size = Dot(in.rows.u, g.rows.u) + Dot(in.rows.v, g.rows.v);
    EXPECT_NEAR(g.size, size, 1e-9 * (1 + std::abs(size)));
  }
}

// Adam makes full steps of gradients that are rounding errors only: there must be none where the gradient is 0.
TEST(ProjectAxesBackward, HasExactlyNoGradientOfTheRotationOfABall) {
  Random random(3);
  for (int trial = 0; trial < 100; ++trial) {
    const std::vector<double> x = RandomInput(-4, 4, random);
    std::vector<float> xf(x.begin(), x.end());
    xf[7] = xf[8] = xf[6];
    const Input<float> in(xf);
    const ProjectedAxes<float> axes = ProjectAxes(in.rows, in.log_scale, in.quat);
    const SymMat2<float> cov = WithLowPass(SharpCovariance2d(axes));
    const float sharp_det = SharpDeterminant2d(in.rows, in.log_scale, in.quat);
    const float det = Covariance2dDeterminant(sharp_det, cov);
    const auto grad = ShearedConicBackward(axes, ShearedConicOf(cov, det), {1, 2, 3}) +
                      OpacityFactorBackward(Antialiasing::kCompensated, axes, sharp_det, det, 1.0f);
    const Quaternion<float> g = ProjectAxesBackward(in.quat, axes, grad).quat;
    EXPECT_EQ(SquaredNorm(g), 0) << trial;
  }
}

}  // namespace
}  // namespace splat::math
