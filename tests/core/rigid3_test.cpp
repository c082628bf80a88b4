#include "core/rigid3.h"

#include <gtest/gtest.h>

#include "core/quaternion.h"

namespace splat {
namespace {

constexpr double kRounding = 1e-14;  // of a few operations in double on numbers near one

const Rigid3 kBFromA = {RotationMatrix(Quaternion<double>{0.9, 0.1, -0.4, 0.3}), {1, -2, 0.5}};
const Rigid3 kCFromB = {RotationMatrix(Quaternion<double>{-0.2, 0.7, 0.1, 0.5}), {0.25, 3, -1}};
constexpr Vec3<double> kPoint = {0.3, -1.5, 2};

void ExpectNear(const Vec3<double>& actual, const Vec3<double>& expected) {
  EXPECT_NEAR(actual.x, expected.x, kRounding);
  EXPECT_NEAR(actual.y, expected.y, kRounding);
  EXPECT_NEAR(actual.z, expected.z, kRounding);
}

TEST(Rigid3, DefaultIsTheIdentity) {
  ExpectNear(Rigid3() * kPoint, kPoint);
}

TEST(Rigid3, RotatesFirstThenTranslates) {
  const Rigid3 quarter_turn = {{{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}}, {10, 20, 30}};
  ExpectNear(quarter_turn * Vec3<double>{1, 2, 3}, {8, 21, 33});
}

TEST(Rigid3, ComposeAppliesTheRightOneFirst) {
  ExpectNear(Compose(kCFromB, kBFromA) * kPoint, kCFromB * (kBFromA * kPoint));
}

TEST(Rigid3, InverseUndoesOnBothSides) {
  ExpectNear(Inverse(kBFromA) * (kBFromA * kPoint), kPoint);
  ExpectNear(Compose(kBFromA, Inverse(kBFromA)) * kPoint, kPoint);
}

TEST(Similarity3, ScalesDistancesByItsScale) {
  const Similarity3 similarity = {2.5, kBFromA.rotation, kBFromA.translation};
  const Vec3<double> other = {1, 1, 1};
  EXPECT_NEAR(Norm(similarity * kPoint - similarity * other), 2.5 * Norm(kPoint - other), 10 * kRounding);
}

TEST(Similarity3, InverseUndoes) {
  const Similarity3 similarity = {0.125, kBFromA.rotation, kBFromA.translation};
  ExpectNear(Inverse(similarity) * (similarity * kPoint), kPoint);
  EXPECT_EQ(Inverse(similarity).scale, 8);
}

}  // namespace
}  // namespace splat
