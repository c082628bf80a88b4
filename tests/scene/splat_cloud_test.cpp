#include "scene/splat_cloud.h"
#include "scene/splat_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "rasterizer/math/covariance_3d.h"
#include "rasterizer/math/sh.h"
#include "tests/support/splat_clouds.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::ExpectEqualBits;
using ::splat::testing::RandomCloud;
using ::testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Vec3<double> Flipped(const Vec3<double>& v) {
  return {v.x, -v.y, -v.z};
}

TEST(SplatSelection, AFrameTurnsColoursWithTheDirection) {
  const SplatCloud cloud = RandomCloud(20, 3);
  const SplatSelection rdf = AllOf(cloud), rub = rdf.InFrame(Frame::kRub);
  Random random(5);
  for (int64_t splat = 0; splat < rdf.count(); ++splat) {
    const Vec3<double> direction = Normalized(Vec3<double>{random.Normal(), random.Normal(), random.Normal()});
    double basis[15], turned_basis[15];
    math::ShBasis(3, direction, basis);
    math::ShBasis(3, Flipped(direction), turned_basis);
    double color = 0, turned_color = 0;
    for (int k = 0; k < 15; ++k) {
      color += basis[k] * double(rdf.ShRest(splat, k).y);
      turned_color += turned_basis[k] * double(rub.ShRest(splat, k).y);
    }
    EXPECT_NEAR(color, turned_color, 1e-12);
  }
}

TEST(SplatSelection, CopiesWhatItsFunctionsSay) {
  const SplatCloud cloud = RandomCloud(20, 3);
  SplatSelection splats = AllOf(cloud).InFrame(Frame::kRub);
  splats.SetRows({7, 3});
  splats.LimitShDegree(1);
  const auto copied = [&](int array) {
    std::vector<float> values(size_t(WidthOf(array, splats.sh_rest_count())) + 1, kNan);
    splats.CopyTo(array, 1, values.data());
    EXPECT_TRUE(std::isnan(values.back())) << "writes its numbers and no more";
    values.pop_back();
    return values;
  };
  const Vec3<float> mean = splats.Mean(1), scale = splats.LogScale(1), dc = splats.ShDc(1);
  const Quaternion<float> quat = splats.Quat(1);
  EXPECT_THAT(copied(kMeans), ElementsAre(mean.x, mean.y, mean.z));
  EXPECT_THAT(copied(kLogScales), ElementsAre(scale.x, scale.y, scale.z));
  EXPECT_THAT(copied(kQuats), ElementsAre(quat.w, quat.x, quat.y, quat.z));
  EXPECT_THAT(copied(kOpacityLogits), ElementsAre(cloud.opacity_logits[3]));
  EXPECT_THAT(copied(kShDc), ElementsAre(dc.x, dc.y, dc.z));
  const std::vector<float> rest = copied(kShRest);
  ASSERT_EQ(rest.size(), 9u);
  for (int k = 0; k < 3; ++k) EXPECT_EQ(rest[size_t(3 * k + 2)], splats.ShRest(1, k).z);
}

TEST(SplatSelection, AFrameTurnsMeansAndRotationsTogether) {
  const SplatCloud cloud = RandomCloud(20, 0);
  const SplatSelection rdf = AllOf(cloud), rub = rdf.InFrame(Frame::kRub);
  for (int64_t splat = 0; splat < rdf.count(); ++splat) {
    EXPECT_EQ(rub.Mean(splat).x, rdf.Mean(splat).x);
    EXPECT_EQ(rub.Mean(splat).y, -rdf.Mean(splat).y);
    EXPECT_EQ(rub.Mean(splat).z, -rdf.Mean(splat).z);
    const Mat3<float> rotation = RotationMatrix(rdf.Quat(splat)), turned = RotationMatrix(rub.Quat(splat));
    const float sign[3] = {1, -1, -1};
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) EXPECT_NEAR(turned(i, j), sign[i] * sign[j] * rotation(i, j), 1e-6);
    }
  }
}

TEST(SplatSelection, TurningACloudIsTheSameAndTwiceIsNothing) {
  const SplatCloud cloud = RandomCloud(10, 3);
  SplatCloud turned = cloud;
  SwapRdfAndRub(turned);
  const SplatSelection rub = AllOf(cloud).InFrame(Frame::kRub), same = AllOf(turned);
  for (int64_t splat = 0; splat < rub.count(); ++splat) {
    EXPECT_EQ(rub.Mean(splat).y, same.Mean(splat).y);
    EXPECT_EQ(rub.Quat(splat).z, same.Quat(splat).z);
    for (int k = 0; k < 15; ++k) EXPECT_EQ(rub.ShRest(splat, k).x, same.ShRest(splat, k).x);
  }
  SwapRdfAndRub(turned);
  ExpectEqualBits(turned, cloud);
}

TEST(SplatSelection, LeavesOutWhatIsNotANumberAndNormalises) {
  SplatCloud cloud = RandomCloud(4, 1);
  cloud.log_scales[3] = kInfinity;
  cloud.sh_dc[2 * 3 + 1] = kNan;
  for (int i = 0; i < 4; ++i) cloud.quats[size_t(i)] *= 3;
  const SplatSelection splats = AllOf(cloud);
  EXPECT_THAT(splats.rows(), ElementsAre(0u, 3u));
  EXPECT_EQ(splats.left_out(), 2);
  EXPECT_NEAR(SquaredNorm(splats.Quat(0)), 1, 1e-6);
}

TEST(SplatSelection, HasTheChosenRowsInTheirOrderAndTheLimitedDegree) {
  const SplatCloud cloud = RandomCloud(5, 2);
  SplatSelection splats = AllOf(cloud);
  splats.SetRows({4, 1});
  splats.LimitShDegree(1);
  EXPECT_EQ(splats.count(), 2);
  EXPECT_EQ(splats.Mean(0).x, cloud.means[12]);
  EXPECT_EQ(splats.sh_rest_count(), 3);
  EXPECT_EQ(splats.ShRest(1, 2).z, cloud.sh_rest[1 * 24 + 2 * 3 + 2]);
  splats.LimitShDegree(3);
  EXPECT_EQ(splats.sh_degree(), 1);
}

TEST(LeaveOutUnusable, KeepsTheOthersInOrder) {
  SplatCloud cloud = RandomCloud(4, 1);
  const SplatCloud whole = cloud;
  cloud.means[3] = kNan;
  cloud.quats[3 * 4] = kInfinity;
  cloud.opacity_logits[2] = -kInfinity;
  LeaveOutUnusable(cloud);
  EXPECT_EQ(cloud.left_out, 2);
  SplatCloud expected = testing::RowsOf(whole, {0, 2});
  expected.opacity_logits[1] = cloud.opacity_logits[1];
  ExpectEqualBits(cloud, expected);
  EXPECT_LT(cloud.opacity_logits[1], -15);
  EXPECT_GT(cloud.opacity_logits[1], -50);
}

TEST(LeaveOutUnusable, TakesOutSizesWhoseSquareNoFloatHolds) {
  SplatCloud cloud = RandomCloud(6, 1);
  const SplatCloud whole = cloud;
  cloud.log_scales[0] = kInfinity;
  cloud.log_scales[3 + 1] = 45;          // 3.5e19, of which the square is 1.2e39
  cloud.log_scales[2 * 3 + 2] = 43;      // 4.7e18, 2.2e37
  cloud.log_scales[3 * 3] = -kInfinity;  // flat
  cloud.log_scales[4 * 3] = 3e38f;
  cloud.means[5 * 3] = -3e38f;
  LeaveOutUnusable(cloud);
  EXPECT_EQ(cloud.left_out, 3);
  ASSERT_EQ(cloud.count(), 3);
  EXPECT_EQ(cloud.log_scales[2], 43);
  EXPECT_LT(cloud.log_scales[3], -15);
  EXPECT_EQ(cloud.means[2 * 3], -3e38f);
}

}  // namespace
}  // namespace splat
