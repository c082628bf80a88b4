#include "formats/quantize/kmeans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace splat::formats {
namespace {

double RmsError(const std::vector<float>& points, int dimensions, const Clusters& clusters) {
  double sum = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const size_t label = clusters.labels[i / size_t(dimensions)];
    sum += std::pow(double(points[i]) - clusters.centers[label * size_t(dimensions) + i % size_t(dimensions)], 2);
  }
  return std::sqrt(sum / double(points.size()));
}

std::vector<float> RandomPoints(size_t count, int dimensions, uint64_t seed) {
  Random random(seed);
  std::vector<float> points(count * size_t(dimensions));
  for (float& value : points) value = float(random.Normal());
  return points;
}

TEST(ClusterPoints, FindsGroupsThatLieApart) {
  // 64 groups of 20 points, 100 apart, within 0.1.
  std::vector<float> points;
  Random random(2);
  for (int i = 0; i < 20 * 64; ++i) {
    points.push_back(float(i % 8 * 100 + random.Uniform(-0.1, 0.1)));
    points.push_back(float(i / 8 % 8 * 100 + random.Uniform(-0.1, 0.1)));
  }
  SerialExecutor serial;
  const Clusters clusters = ClusterPoints(points, 2, 64, 1, serial);
  EXPECT_EQ(clusters.count, 64);
  EXPECT_LT(RmsError(points, 2, clusters), 0.1);
}

TEST(ClusterPoints, EveryPointHasTheCentreNearestToIt) {
  const std::vector<float> points = RandomPoints(500, 9, 3);
  SerialExecutor serial;
  const Clusters clusters = ClusterPoints(points, 9, 40, 1, serial);
  const auto distance = [&](size_t point, size_t center) {
    double sum = 0;
    for (size_t d = 0; d < 9; ++d) sum += std::pow(double(points[point * 9 + d]) - clusters.centers[center * 9 + d], 2);
    return sum;
  };
  for (size_t point = 0; point < 500; ++point) {
    for (size_t center = 0; center < size_t(clusters.count); ++center) {
      EXPECT_LE(distance(point, clusters.labels[point]), distance(point, center) + 1e-4);
    }
  }
}

TEST(ClusterPoints, IsExactWhereThereAreAsManyCentresAsDifferentPoints) {
  std::vector<float> points = RandomPoints(300, 45, 5);
  points.insert(points.end(), points.begin(), points.begin() + 100 * 45);
  SerialExecutor serial;
  const Clusters clusters = ClusterPoints(points, 45, 400, 1, serial);
  EXPECT_EQ(clusters.count, 300);
  EXPECT_LT(RmsError(points, 45, clusters), 1e-6);
}

TEST(ClusterPoints, KeepsAFewStrongPointsAmongManyWeakOnes) {
  std::vector<float> points = RandomPoints(20'000, 24, 6);
  for (float& value : points) value *= 0.01f;
  for (size_t strong = 0; strong < 3; ++strong) points[(5000 + strong * 5000) * 24 + strong] = 1;
  SerialExecutor serial;
  const Clusters clusters = ClusterPoints(points, 24, 2048, 1, serial);
  for (size_t strong = 0; strong < 3; ++strong) {
    EXPECT_NEAR(clusters.centers[clusters.labels[5000 + strong * 5000] * 24 + strong], 1, 0.01);
  }
}

// Large enough to be divided: 20,000 x 4,096 is 78 times what is clustered at once.
class ManyPoints : public ::testing::Test {
 protected:
  const std::vector<float> points_ = RandomPoints(20'000, 9, 7);
};

TEST_F(ManyPoints, GiveEqualBitsWithAnyNumberOfThreads) {
  SerialExecutor serial;
  ThreadPool two(2), five(5);
  const Clusters expected = ClusterPoints(points_, 9, 4096, 42, serial);
  for (Executor* executor : {static_cast<Executor*>(&two), static_cast<Executor*>(&five)}) {
    const Clusters clusters = ClusterPoints(points_, 9, 4096, 42, *executor);
    EXPECT_EQ(clusters.centers, expected.centers);
    EXPECT_EQ(clusters.labels, expected.labels);
  }
  EXPECT_NE(ClusterPoints(points_, 9, 4096, 43, two).labels, expected.labels);
}

TEST_F(ManyPoints, AreDividedAlmostAsWellAsAllAtOnce) {
  ThreadPool pool(2);
  const Clusters divided = ClusterPoints(points_, 9, 4096, 42, pool);
  EXPECT_GT(divided.count, 4000);
  EXPECT_LE(divided.count, 4096);
  // Plain k-means of these points, this program with the division switched off: 0.35098.
  EXPECT_LT(RmsError(points_, 9, divided), 1.07 * 0.35098);
}

TEST(ClusterPoints, TakesEqualPointsAndNone) {
  SerialExecutor serial;
  const Clusters equal = ClusterPoints(std::vector<float>(60'000 * 9, 0.5f), 9, 32768, 1, serial);
  EXPECT_EQ(equal.count, 1);
  EXPECT_EQ(equal.centers[8], 0.5f);
  EXPECT_EQ(ClusterPoints({}, 9, 16, 1, serial).count, 0);
}

}  // namespace
}  // namespace splat::formats
