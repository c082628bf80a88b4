#include "core/random.h"

#include <gtest/gtest.h>

#include <cmath>

#include <vector>

namespace splat {
namespace {

constexpr int kSamples = 200000;

TEST(Random, GivesThePublishedNumbersOfSplitMix64) {
  // First outputs of the reference implementation (Vigna, splitmix64.c) for seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.Bits(), 6457827717110365317u);
  EXPECT_EQ(random.Bits(), 3203168211198807973u);
  EXPECT_EQ(random.Bits(), 9817491932198370423u);
}

TEST(Random, SameSeedGivesSameNumbersAndOtherSeedsOthers) {
  Random a(7), b(7), c(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const uint64_t bits = a.Bits();
    EXPECT_EQ(bits, b.Bits());
    differs = differs || bits != c.Bits();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, ContinuesFromItsState) {
  Random random(7);
  for (int i = 0; i < 10; ++i) random.Normal();
  Random restored(random.state());
  EXPECT_EQ(restored.Bits(), random.Bits());
}

TEST(Random, SkippingIsDrawing) {
  Random drawn(7), skipped(7);
  for (int i = 0; i < 1000; ++i) drawn.Bits();
  skipped.Skip(400);
  EXPECT_EQ(skipped.Skipped(600).Bits(), drawn.Bits());
  EXPECT_EQ(skipped.Skipped(0).state(), skipped.state());
}

TEST(Random, NormalTakesItsNumberOfDraws) {
  Random drawn(7);
  for (int i = 0; i < 10; ++i) drawn.Normal();
  EXPECT_EQ(Random(7).Skipped(10 * Random::kDrawsPerNormal).state(), drawn.state());
}

TEST(Random, UniformIsInItsRangeWithItsMoments) {
  Random random(1);
  double sum = 0, squares = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double value = random.Uniform(-1, 3);
    ASSERT_GE(value, -1);
    ASSERT_LT(value, 3);
    sum += value;
    squares += value * value;
  }
  // Mean 1 and second moment 7/3; tolerances are five standard errors, 1.15 and 2.75 / sqrt(kSamples).
  EXPECT_NEAR(sum / kSamples, 1, 0.013);
  EXPECT_NEAR(squares / kSamples, 7. / 3, 0.031);
}

TEST(Random, NormalHasItsMoments) {
  Random random(2);
  double sum = 0, squares = 0, cubes = 0, fourths = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double value = random.Normal();
    sum += value;
    squares += value * value;
    cubes += value * value * value;
    fourths += value * value * value * value;
  }
  // Tolerances are five standard errors: sqrt of 1, 2, 15, 96 over kSamples.
  EXPECT_NEAR(sum / kSamples, 0, 0.012);
  EXPECT_NEAR(squares / kSamples, 1, 0.016);
  EXPECT_NEAR(cubes / kSamples, 0, 0.044);
  EXPECT_NEAR(fourths / kSamples, 3, 0.11);
}

// In float as well, and the second number of a pair as well as the first, on which it does not depend.
TEST(BoxMullerTest, BothNumbersOfAPairAreStandardNormal) {
  Random random(3);
  double sums[2] = {}, squares[2] = {}, fourths[2] = {}, product = 0;
  for (int i = 0; i < kSamples; ++i) {
    const float u = random.UniformFloat(), v = random.UniformFloat();
    ASSERT_TRUE(u >= 0 && u < 1);
    const NormalPair<float> pair = BoxMuller(u, v);
    product += double(pair.first) * pair.second;
    const double values[2] = {pair.first, pair.second};
    for (int k = 0; k < 2; ++k) {
      sums[k] += values[k];
      squares[k] += values[k] * values[k];
      fourths[k] += std::pow(values[k], 4);
    }
  }
  for (int k = 0; k < 2; ++k) {  // tolerances as above
    EXPECT_NEAR(sums[k] / kSamples, 0, 0.012) << k;
    EXPECT_NEAR(squares[k] / kSamples, 1, 0.016) << k;
    EXPECT_NEAR(fourths[k] / kSamples, 3, 0.11) << k;
  }
  EXPECT_NEAR(product / kSamples, 0, 0.012);
}

TEST(Random, BelowReachesEveryValueEquallyOften) {
  Random random(3);
  std::vector<int> counts(7);
  for (int i = 0; i < kSamples; ++i) ++counts[random.Below(7)];
  // Five standard deviations of a binomial count: sqrt(n p (1 - p)) = 156.
  for (const int count : counts) EXPECT_NEAR(count, kSamples / 7., 780);
}

}  // namespace
}  // namespace splat
