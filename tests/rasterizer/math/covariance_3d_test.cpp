#include "rasterizer/math/covariance_3d.h"

#include <gtest/gtest.h>

#include <cmath>
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
using testing::VectorAt;

template <typename T>
Quaternion<T> QuaternionAt(const std::vector<T>& x, int first) {
  return {x[first], x[first + 1], x[first + 2], x[first + 3]};
}

TEST(RotationMatrix, GradientMatchesDualNumbers) {
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
    const Quaternion<double> g = RotationMatrixBackward(QuaternionAt(q, 0), grad_rotation);
    EXPECT_TRUE(GradientsMatch({g.w, g.x, g.y, g.z}, expected, kDualTolerance));
    // Scaling q does not change the rotation, so the gradient is orthogonal to q.
    EXPECT_NEAR(g.w * q[0] + g.x * q[1] + g.y * q[2] + g.z * q[3], 0, 1e-12);
  }
}

// ProjectSplat admits squared norms in (1e-30, 1e30): over all of it the float gradient must stay finite and be the one
// of the normalised quaternion divided by the norm.
TEST(RotationMatrix, FloatGradientHoldsOverTheAdmittedNorms) {
  const Quaternion<double> unit{0.5, -0.1, 0.7, std::sqrt(1 - 0.25 - 0.01 - 0.49)};
  Mat3<double> weights{{{0.3, -0.8, 0.1}, {0.9, 0.2, -0.4}, {-0.5, 0.6, 0.7}}};
  Mat3<float> weights_f;
  for (int k = 0; k < 9; ++k) weights_f.m[k / 3][k % 3] = float(weights.m[k / 3][k % 3]);
  const Quaternion<double> expected = RotationMatrixBackward(unit, weights);
  for (const double norm : {1.1e-15, 1e-12, 1e-6, 1.0, 1e6, 1e12, 0.9e15}) {
    const Quaternion<float> q{float(norm * unit.w), float(norm * unit.x), float(norm * unit.y), float(norm * unit.z)};
    const Quaternion<float> g = RotationMatrixBackward(q, weights_f);
    const float f = float(norm);
    EXPECT_TRUE(
        GradientsMatch({g.w * f, g.x * f, g.y * f, g.z * f}, {expected.w, expected.x, expected.y, expected.z}, 1e-5))
        << "norm " << norm;
  }
}

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
