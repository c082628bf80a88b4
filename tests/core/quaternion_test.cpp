#include "core/quaternion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace splat {
namespace {

constexpr double kRounding = 1e-14;  // of a few operations in double on numbers near one
constexpr int kSamples = 200;

Quaternion<double> RandomQuaternion(Random& random) {
  return {random.Normal(), random.Normal(), random.Normal(), random.Normal()};
}

Mat3<double> RandomMatrix(Random& random) {
  Mat3<double> matrix;
  for (auto& row : matrix.m) {
    for (double& value : row) value = random.Normal();
  }
  return matrix;
}

double SumOfProducts(const Mat3<double>& a, const Mat3<double>& b) {
  return Dot(Row(a, 0), Row(b, 0)) + Dot(Row(a, 1), Row(b, 1)) + Dot(Row(a, 2), Row(b, 2));
}

double MaxDifference(const Mat3<double>& a, const Mat3<double>& b) {
  double largest = 0;
  for (int i = 0; i < 9; ++i) largest = std::max(largest, std::abs(a.m[i / 3][i % 3] - b.m[i / 3][i % 3]));
  return largest;
}

TEST(Quaternion, QuarterTurnAboutZTakesXToY) {
  const double half = std::sqrt(0.5);
  const Vec3<double> turned = RotationMatrix(Quaternion<double>{half, 0, 0, half}) * Vec3<double>{1, 0, 0};
  EXPECT_NEAR(turned.x, 0, kRounding);
  EXPECT_NEAR(turned.y, 1, kRounding);
  EXPECT_NEAR(turned.z, 0, kRounding);
}

TEST(Quaternion, GivesARotationWhateverItsLength) {
  Random random(1);
  for (int i = 0; i < kSamples; ++i) {
    const Quaternion<double> q = RandomQuaternion(random);
    const Mat3<double> r = RotationMatrix(q);
    EXPECT_LT(MaxDifference(r * Transpose(r), Identity3<double>()), kRounding);
    EXPECT_NEAR(Determinant(r), 1, kRounding);
    EXPECT_LT(MaxDifference(RotationMatrix(Quaternion<double>{-3 * q.w, -3 * q.x, -3 * q.y, -3 * q.z}), r), kRounding);
  }
}

// Hamilton's product is the composition of rotations.
TEST(Quaternion, ProductIsComposition) {
  Random random(2);
  const Quaternion<double> a = RandomQuaternion(random), b = RandomQuaternion(random);
  const Quaternion<double> product = {
      a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
  EXPECT_LT(MaxDifference(RotationMatrix(product), RotationMatrix(a) * RotationMatrix(b)), kRounding);
}

TEST(Quaternion, GradientAgreesWithCentralDifferences) {
  constexpr double kStep = 1e-6;
  // Central differences err by kStep^2 times a third derivative (of order 1 / |q|^3) and by rounding / kStep.
  constexpr double kTolerance = 1e-7;
  Random random(3);
  for (int i = 0; i < kSamples; ++i) {
    Quaternion<double> q = RandomQuaternion(random);
    if (SquaredNorm(q) < 0.1) continue;
    const Mat3<double> grad_rotation = RandomMatrix(random);
    const Quaternion<double> grad = RotationMatrixBackward(q, grad_rotation);
    const double analytic[4] = {grad.w, grad.x, grad.y, grad.z};
    double* const components[4] = {&q.w, &q.x, &q.y, &q.z};
    for (int c = 0; c < 4; ++c) {
      const double value = *components[c];
      *components[c] = value + kStep;
      const double above = SumOfProducts(RotationMatrix(q), grad_rotation);
      *components[c] = value - kStep;
      const double below = SumOfProducts(RotationMatrix(q), grad_rotation);
      *components[c] = value;
      EXPECT_NEAR(analytic[c], (above - below) / (2 * kStep), kTolerance * (1 + std::abs(analytic[c]))) << c;
    }
  }
}

// The rotation does not depend on the length, so the gradient has no part along q.
TEST(Quaternion, GradientIsOrthogonalToTheQuaternion) {
  Random random(4);
  for (int i = 0; i < kSamples; ++i) {
    const Quaternion<double> q = RandomQuaternion(random);
    const Quaternion<double> grad = RotationMatrixBackward(q, RandomMatrix(random));
    const double scale = std::sqrt(SquaredNorm(q) * SquaredNorm(grad));
    EXPECT_NEAR(q.w * grad.w + q.x * grad.x + q.y * grad.y + q.z * grad.z, 0, 100 * kRounding * scale);
  }
}

TEST(Quaternion, ComesBackFromItsRotation) {
  Random random(5);
  for (int i = 0; i < kSamples; ++i) {
    const Mat3<double> r = RotationMatrix(RandomQuaternion(random));
    const Quaternion<double> q = QuaternionFromRotation(r);
    EXPECT_NEAR(SquaredNorm(q), 1, kRounding);
    EXPECT_GE(q.w, 0);
    EXPECT_LT(MaxDifference(RotationMatrix(q), r), kRounding);
  }
}

TEST(Quaternion, ComesBackFromHalfTurnsWhereWIsZero) {
  for (const Quaternion<double> q : {Quaternion<double>{0, 1, 0, 0}, Quaternion<double>{0, 0, 1, 0},
                                     Quaternion<double>{0, 0, 0, 1}, Quaternion<double>{0, 0.6, 0, -0.8}}) {
    const Mat3<double> r = RotationMatrix(q);
    EXPECT_LT(MaxDifference(RotationMatrix(QuaternionFromRotation(r)), r), kRounding);
  }
}

}  // namespace
}  // namespace splat
