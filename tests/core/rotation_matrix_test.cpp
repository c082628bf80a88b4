#include "core/rotation_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/check.h"
#include "core/quaternion.h"

namespace splat {
namespace {

using ::testing::HasSubstr;

Mat3<double> Turn() {
  return RotationMatrix(QuaternionFromRotation(Mat3<double>{{{0, -1, 0}, {0.8, 0, 0.6}, {-0.6, 0, 0.8}}}));
}

std::string MessageFor(const Mat3<double>& matrix) {
  try {
    TakeScaleOff(matrix, "row 3");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(TakeScaleOff, FindsTheScaleOfARotation) {
  Mat3<double> matrix = Turn();
  for (auto& row : matrix.m) {
    for (double& x : row) x *= 2.5;
  }
  const ScaledRotation found = TakeScaleOff(matrix, "");
  EXPECT_NEAR(found.scale, 2.5, 1e-12);
  EXPECT_NEAR(found.rotation(1, 0), Turn()(1, 0), 1e-12);
  EXPECT_EQ(TakeScaleOff(Turn(), "").scale, 1);
}

TEST(TakeScaleOff, SaysWhatAMatrixIsThatIsNone) {
  Mat3<double> sheared = Turn(), stretched = Turn(), mirrored = Turn();
  for (int i = 0; i < 3; ++i) {
    sheared(i, 0) += 0.1 * sheared(i, 1);
    stretched(i, 0) *= 1.1;
    mirrored(i, 2) *= -1;
  }
  EXPECT_THAT(MessageFor(sheared), HasSubstr("row 3 is no rotation with a translation (it is sheared)"));
  EXPECT_THAT(MessageFor(stretched), HasSubstr("axes are scaled differently"));
  EXPECT_THAT(MessageFor(mirrored), HasSubstr("mirrored"));
  EXPECT_THAT(MessageFor(Mat3<double>{}), HasSubstr("zero or too large"));
  stretched(0, 0) = std::nan("");
  EXPECT_NE(MessageFor(stretched), "");
}

TEST(NearestRotation, TakesRoundingOff) {
  Mat3<double> rounded = Turn();
  for (auto& row : rounded.m) {
    for (double& x : row) x = std::round(x * 1000 + 0.3) / 1000;
  }
  const Mat3<double> rotation = NearestRotation(rounded);
  const Mat3<double> product = Transpose(rotation) * rotation;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      EXPECT_NEAR(product(i, j), i == j ? 1 : 0, 1e-12);
      EXPECT_NEAR(rotation(i, j), Turn()(i, j), 2e-3);
    }
  }
}

}  // namespace
}  // namespace splat
