#include "core/vec.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

constexpr double kRounding = 1e-14;  // of a few operations in double on numbers near one

constexpr Mat3<double> kMatrix = {{{1, 2, 3}, {0, -1, 4}, {5, 0.5, 2}}};
constexpr Vec3<double> kA = {1, -2, 0.5}, kB = {3, 0.25, -1};

void ExpectNear(const Vec3<double>& actual, const Vec3<double>& expected) {
  EXPECT_NEAR(actual.x, expected.x, kRounding);
  EXPECT_NEAR(actual.y, expected.y, kRounding);
  EXPECT_NEAR(actual.z, expected.z, kRounding);
}

TEST(Vec, AddsSubtractsAndScalesByComponent) {
  const Vec2<double> sum = Vec2<double>{1, 2} + 3.0 * Vec2<double>{0.5, -1} - Vec2<double>{1, 1};
  EXPECT_EQ(sum.x, 1.5);
  EXPECT_EQ(sum.y, -2);
  ExpectNear(2.0 * kA - kB + (-kA), {-2, -2.25, 1.5});
}

TEST(Vec, CrossProductIsOrthogonalAndRightHanded) {
  ExpectNear(Cross(Vec3<double>{1, 0, 0}, Vec3<double>{0, 1, 0}), {0, 0, 1});
  const Vec3<double> cross = Cross(kA, kB);
  EXPECT_NEAR(Dot(cross, kA), 0, kRounding);
  EXPECT_NEAR(Dot(cross, kB), 0, kRounding);
  // Lagrange's identity.
  EXPECT_NEAR(Dot(cross, cross), Dot(kA, kA) * Dot(kB, kB) - Dot(kA, kB) * Dot(kA, kB), 100 * kRounding);
}

TEST(Vec, NormalizedHasLengthOneAndTheSameDirection) {
  const Vec3<double> unit = Normalized(kA);
  EXPECT_NEAR(Norm(unit), 1, kRounding);
  ExpectNear(Norm(kA) * unit, kA);
}

TEST(Vec, MatrixTimesVectorTakesRows) {
  ExpectNear(kMatrix * kA, {Dot(Row(kMatrix, 0), kA), Dot(Row(kMatrix, 1), kA), Dot(Row(kMatrix, 2), kA)});
  ExpectNear(kMatrix * Vec3<double>{0, 1, 0}, {2, -1, 0.5});
}

TEST(Vec, MatrixProductIsComposition) {
  const Mat3<double> other = {{{0, 1, 0}, {2, 0, -1}, {1, 1, 1}}};
  ExpectNear((kMatrix * other) * kA, kMatrix * (other * kA));
  ExpectNear((kMatrix * Identity3<double>()) * kA, kMatrix * kA);
}

TEST(Vec, TransposeMovesToTheOtherSideOfADotProduct) {
  EXPECT_NEAR(Dot(kMatrix * kA, kB), Dot(kA, Transpose(kMatrix) * kB), kRounding);
}

TEST(Vec, DeterminantIsTheProductRuleAndKnownValue) {
  EXPECT_NEAR(Determinant(kMatrix), 51, 100 * kRounding);
  EXPECT_NEAR(Determinant(kMatrix * kMatrix), 51.0 * 51.0, 1e-10);
  EXPECT_EQ(Determinant(SymMat2<double>{2, 3, 5}), 1);
}

TEST(Vec, SymmetricMatrixActsAsTheFullOne) {
  const SymMat3<double> symmetric = {1, 2, 3, 4, 5, 6};
  const Mat3<double> full = {{{1, 2, 3}, {2, 4, 5}, {3, 5, 6}}};
  ExpectNear(symmetric * kA, full * kA);
}

}  // namespace
}  // namespace splat
