#include "scene/splat_transform.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/sh.h"
#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::RandomCloud;

constexpr double kTolerance = 2e-5;  // floats, of values up to 10

// Covariance of a splat, entry (i, j).
Mat3<double> CovarianceOf(const SplatCloud& cloud, int64_t splat) {
  const float* q = cloud.quats.data() + 4 * splat;
  const Mat3<double> rotation = RotationMatrix(Quaternion<double>{q[0], q[1], q[2], q[3]});
  Mat3<double> axes = rotation;
  for (int column = 0; column < 3; ++column) {
    for (int row = 0; row < 3; ++row) axes(row, column) *= std::exp(double(cloud.log_scales[3 * splat + column]));
  }
  return axes * Transpose(axes);
}

Vec3<double> ColorAt(const SplatCloud& cloud, int64_t splat, const Vec3<double>& direction) {
  double basis[15];
  math::ShBasis(3, direction, basis);
  double sum[3] = {};
  for (int k = 0; k < cloud.sh_rest_count; ++k) {
    for (int c = 0; c < 3; ++c) sum[c] += basis[k] * cloud.sh_rest[(splat * cloud.sh_rest_count + k) * 3 + c];
  }
  return {sum[0], sum[1], sum[2]};
}

// `turn` orthogonal, `linear` what is applied.
void ExpectMoved(const Mat3<double>& linear, const Mat3<double>& turn) {
  const SplatCloud before = RandomCloud(20, 3);
  SplatCloud after = before;
  Transform({linear, {1, -2, 3}}, after);
  for (int64_t splat = 0; splat < before.count(); ++splat) {
    const float* m = before.means.data() + 3 * splat;
    const Vec3<double> mean = linear * Vec3<double>{m[0], m[1], m[2]} + Vec3<double>{1, -2, 3};
    EXPECT_NEAR(after.means[3 * splat + 1], mean.y, kTolerance);
    const Mat3<double> expected = linear * CovarianceOf(before, splat) * Transpose(linear);
    const Mat3<double> covariance = CovarianceOf(after, splat);
    for (int i = 0; i < 9; ++i) EXPECT_NEAR(covariance(i / 3, i % 3), expected(i / 3, i % 3), kTolerance);
    const Vec3<double> direction = {0.48, -0.64, 0.6};
    const Vec3<double> color = ColorAt(after, splat, turn * direction), same = ColorAt(before, splat, direction);
    EXPECT_NEAR(color.x, same.x, kTolerance);
    EXPECT_NEAR(color.z, same.z, kTolerance);
  }
}

const Mat3<double> kTurn = RotationMatrix(Quaternion<double>{0.3, -0.5, 0.7, 0.2});

TEST(Transform, TurnsAndScales) {
  Mat3<double> linear = kTurn;
  for (int i = 0; i < 9; ++i) linear(i / 3, i % 3) *= 2.5;
  ExpectMoved(linear, kTurn);
}

TEST(Transform, Mirrors) {
  const Mat3<double> mirror = {{{-1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  ExpectMoved(kTurn * mirror, kTurn * mirror);
}

TEST(Transform, StretchesOneAxis) {
  const Mat3<double> stretch = {{{3, 0, 0}, {0, 1, 0}, {0, 0, 0.5}}};
  ExpectMoved(kTurn * stretch, kTurn);
}

TEST(Transform, IsDoneOneAfterTheOther) {
  const Affine3 a = {kTurn, {1, 2, 3}}, b = {Transpose(kTurn), {0, -1, 0}};
  const Affine3 both = a * b;
  const Vec3<double> x = {4, 5, 6}, step = a.linear * (b.linear * x + b.translation) + a.translation;
  EXPECT_NEAR((both.linear * x + both.translation).y, step.y, 1e-12);
}

}  // namespace
}  // namespace splat
