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
