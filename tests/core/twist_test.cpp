// Motions of cameras as twists: the exponential against the series of the 4 x 4 matrix, and there and back.
#include "core/twist.h"
#include "core/camera.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace splat {
namespace {

using Matrix = std::array<std::array<double, 4>, 4>;

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix c = {};
  for (size_t i = 0; i < 4; ++i) {
    for (size_t j = 0; j < 4; ++j) {
      for (size_t k = 0; k < 4; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

// The exponential by its definition, sum of M^n / n!.
Matrix SeriesOf(const Twist& t) {
  const Matrix m = {{{0, -t[5], t[4], t[0]}, {t[5], 0, -t[3], t[1]}, {-t[4], t[3], 0, t[2]}, {0, 0, 0, 0}}};
  Matrix sum = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}}, term = sum;
  for (int n = 1; n < 40; ++n) {
    term = Product(term, m);
    for (auto& row : term) {
      for (double& value : row) value /= n;
    }
    for (size_t i = 0; i < 4; ++i) {
      for (size_t j = 0; j < 4; ++j) sum[i][j] += term[i][j];
    }
  }
  return sum;
}

Twist RandomTwist(Random& random, double size) {
  Twist twist;
  for (double& value : twist) value = size * random.Normal();
  return twist;
}

TEST(Twist, TheExponentialIsTheSeriesOfTheMatrix) {
  Random random(1);
  for (const double size : {0.0, 1e-9, 1e-5, 1e-4, 1e-3, 0.02, 0.3, 1.5}) {
    const Twist twist = RandomTwist(random, size);
    const Matrix expected = SeriesOf(twist);
    const Rigid3 motion = ExpTwist(twist);
    const double translation[3] = {motion.translation.x, motion.translation.y, motion.translation.z};
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) EXPECT_NEAR(motion.rotation(i, j), expected[size_t(i)][size_t(j)], 1e-14) << size;
      EXPECT_NEAR(translation[i], expected[size_t(i)][3], 1e-14 * (1 + size)) << size;
    }
  }
}

TEST(Twist, TheLogarithmIsTheWayBack) {
  Random random(2);
  for (const double size : {0.0, 1e-12, 1e-6, 9e-5, 1.1e-4, 4e-3, 6e-3, 0.05, 0.5, 1.0}) {
    const Twist twist = RandomTwist(random, size), back = LogOfMotion(ExpTwist(twist));
    for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(back[i], twist[i], 1e-13 + 1e-12 * size) << size << " " << i;
  }
}

// A camera that only turns stays where it is.
TEST(Twist, ATurnMovesNoCenter) {
  const Twist twist = {0, 0, 0, 0.2, -0.1, 0.3};
  Rigid3 camera_from_world;
  camera_from_world.translation = {1, 2, 3};
  const Rigid3 moved = Compose(ExpTwist(twist), camera_from_world);
  EXPECT_NEAR(Norm(CameraCenterInWorld(moved) - CameraCenterInWorld(camera_from_world)), 0, 1e-15);
  EXPECT_GT(Norm(moved.translation - camera_from_world.translation), 0.1);
}

}  // namespace
}  // namespace splat
