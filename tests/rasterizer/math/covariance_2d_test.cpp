// The covariance on the screen by way of the splat's axes against that by way of its 3D covariance, and its gradient
// against dual numbers of the latter, and in float against double.
#include "rasterizer/math/covariance_2d.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/antialiasing_opacity.h"
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
using testing::QuaternionAt;
using testing::RandomVector;
using testing::TestCamera;
using testing::VectorAt;

// The plain way: J W Sigma W^T J^T for the rows of J W.
template <typename T>
SymMat2<T> SharpByCovariance3d(const JacobianRows<T>& rows, const SymMat3<T>& sigma) {
  const Vec3<T> su = sigma * rows.u, sv = sigma * rows.v;
  return {Dot(rows.u, su), Dot(rows.u, sv), Dot(rows.v, sv)};
}

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

TEST(Covariance2d, OfARoundSplatOnTheAxisIsItsScaledSize) {
  const Camera camera = TestCamera(320, 200, 0);
  const auto p = MakePinholeCamera<double>(camera);
  const double s2 = 0.01, z = 2.5;
  const double log_scale = 0.5 * std::log(s2);
  const SymMat2<double> cov = Covariance2d(
      ProjectAxes<double>(ProjectionJacobian<double>(p, {0, 0, z}), {log_scale, log_scale, log_scale}, {1, 2, 3, 4}));
  EXPECT_NEAR(cov.xx, s2 * camera.fx * camera.fx / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.yy, s2 * camera.fy * camera.fy / (z * z) + kLowPassVariancePx2, 1e-12);
  EXPECT_NEAR(cov.xy, 0, 1e-12);
}

TEST(ProjectAxes, MakeTheCovarianceAndItsDeterminant) {
  constexpr double kTolerance = 1e-9;  // relative; the other way, with which it is compared, cancels
  Random random(1);
  for (int trial = 0; trial < 100; ++trial) {
    const Input<double> in(RandomInput(-2, 2, random));
    const ProjectedAxes<double> axes = ProjectAxes(in.rows, in.log_scale, in.quat);
    const SymMat2<double> s = SharpCovariance2d(axes);
    const SymMat2<double> expected = SharpByCovariance3d(in.rows, Covariance3d(in.log_scale, in.quat));
    EXPECT_NEAR(s.xx, expected.xx, kTolerance * expected.xx);
    EXPECT_NEAR(s.xy, expected.xy, kTolerance * (expected.xx + expected.yy));
    EXPECT_NEAR(s.yy, expected.yy, kTolerance * expected.yy);
    const double sharp = SharpDeterminant2d(axes), cov_det = Determinant(Covariance2d(axes));
    EXPECT_NEAR(sharp, Determinant(expected), kTolerance * (expected.xx * expected.yy));
    EXPECT_NEAR(Covariance2dDeterminant(sharp, Covariance2d(axes)), cov_det, kTolerance * cov_det);
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
      const SymMat2<Dual> sharp = SharpByCovariance3d(in.rows, Covariance3d(in.log_scale, in.quat));
      const SymMat2<Dual> cov = WithLowPass(sharp);
      const Dual sharp_det = Determinant(sharp), det = Determinant(cov);
      const auto conic = ShearedConicOf(cov, det);
      return w[0] * conic.across + w[1] * conic.shear + w[2] * conic.along + w[3] * OpacityFactor(mode, sharp_det, det);
    };
    const Input<double> in(x);
    const ProjectedAxes<double> axes = ProjectAxes(in.rows, in.log_scale, in.quat);
    const SymMat2<double> cov = Covariance2d(axes);
    const double sharp_det = SharpDeterminant2d(axes);
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
    const SymMat2<float> cov = Covariance2d(axes);
    const float sharp_det = SharpDeterminant2d(axes);
    const float det = Covariance2dDeterminant(sharp_det, cov);
    const auto grad = ShearedConicBackward(axes, ShearedConicOf(cov, det), {1, 2, 3}) +
                      OpacityFactorBackward(Antialiasing::kCompensated, axes, sharp_det, det, 1.0f);
    const Quaternion<float> g = ProjectAxesBackward(in.quat, axes, grad).quat;
    EXPECT_EQ(SquaredNorm(g), 0) << trial;
  }
}

// dL/d(angle) of rotations about the columns of R(q), for the loss <weights, R>: the derivative of R is R times the
// cross product with the axis.
Vec3<double> TurnOf(const Quaternion<double>& q, const Mat3<double>& weights) {
  const Mat3<double> r = RotationMatrix(q);
  double turn[3] = {};
  for (int k = 0; k < 3; ++k) {
    const int i = (k + 1) % 3, j = (k + 2) % 3;
    for (int row = 0; row < 3; ++row) turn[k] += weights.m[row][i] * r.m[row][j] - weights.m[row][j] * r.m[row][i];
  }
  return {turn[0], turn[1], turn[2]};
}

TEST(TurnBackward, MatchesDualNumbers) {
  Random random(2);
  for (int trial = 0; trial < 50; ++trial) {
    const auto q = RandomVector(4, -2, 2, random), weights = RandomVector(9, -1, 1, random);
    Mat3<double> grad_rotation;
    for (int k = 0; k < 9; ++k) grad_rotation.m[k / 3][k % 3] = weights[k];
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& x) {
          const Mat3<Dual> r = RotationMatrix(QuaternionAt(x, 0));
          Dual loss;
          for (int k = 0; k < 9; ++k) loss += weights[k] * r.m[k / 3][k % 3];
          return loss;
        },
        q);
    const Quaternion<double> g = TurnBackward(QuaternionAt(q, 0), TurnOf(QuaternionAt(q, 0), grad_rotation));
    EXPECT_TRUE(GradientsMatch({g.w, g.x, g.y, g.z}, expected, kDualTolerance));
    // Scaling q does not change the rotation, so the gradient is orthogonal to q.
    EXPECT_NEAR(g.w * q[0] + g.x * q[1] + g.y * q[2] + g.z * q[3], 0, 1e-12);
  }
}

// ProjectSplat admits squared norms in (1e-30, 1e30): over all of it the float gradient must stay finite and be the one
// of the normalised quaternion divided by the norm.
TEST(TurnBackward, HoldsInFloatOverTheAdmittedNorms) {
  const Quaternion<double> unit{0.5, -0.1, 0.7, std::sqrt(1 - 0.25 - 0.01 - 0.49)};
  Mat3<double> weights{{{0.3, -0.8, 0.1}, {0.9, 0.2, -0.4}, {-0.5, 0.6, 0.7}}};
  const Vec3<double> turn = TurnOf(unit, weights);
  const Quaternion<double> expected = TurnBackward(unit, turn);
  for (const double norm : {1.1e-15, 1e-12, 1e-6, 1.0, 1e6, 1e12, 0.9e15}) {
    const Quaternion<float> q{float(norm * unit.w), float(norm * unit.x), float(norm * unit.y), float(norm * unit.z)};
    const Quaternion<float> g = TurnBackward(q, Vec3<float>{float(turn.x), float(turn.y), float(turn.z)});
    const float f = float(norm);
    EXPECT_TRUE(
        GradientsMatch({g.w * f, g.x * f, g.y * f, g.z * f}, {expected.w, expected.x, expected.y, expected.z}, 1e-5))
        << "norm " << norm;
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
