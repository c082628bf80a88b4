#include "data/sfm/descriptor_matching.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "tests/support/error_message.h"

namespace splat::data {
namespace {

// Random directions of norm 512, as COLMAP's are.
Descriptors RandomDescriptors(size_t count, uint64_t seed) {
  Random random(seed);
  Descriptors descriptors;
  descriptors.count = count;
  for (size_t row = 0; row < count; ++row) {
    double values[kDescriptorSize], squares = 0;
    for (double& value : values) {
      value = random.Uniform();
      squares += value * value;
    }
    for (double value : values) descriptors.values.push_back(uint8_t(512 * value / std::sqrt(squares)));
  }
  return descriptors;
}

// A copy with every element changed by up to `noise`, in reversed order.
Descriptors ReversedNoisyCopy(const Descriptors& original, int noise, uint64_t seed) {
  Random random(seed);
  Descriptors copy;
  copy.count = original.count;
  for (size_t row = original.count; row-- > 0;) {
    for (int i = 0; i < kDescriptorSize; ++i) {
      const int value =
          int(original.values[row * kDescriptorSize + size_t(i)]) + int(random.Uniform(-noise, noise + 1));
      copy.values.push_back(uint8_t(std::clamp(value, 0, 255)));
    }
  }
  return copy;
}

struct Nearest {
  int index = -1;
  double best = 0, second = 0;
};

// This finds the nearest by the definition: it computes all angles, in double.
Nearest FindNearest(const uint8_t* query, const Descriptors& targets) {
  Nearest nearest;
  for (size_t j = 0; j < targets.count; ++j) {
    double dot = 0;
    for (int k = 0; k < kDescriptorSize; ++k) dot += double(query[k]) * targets.values[j * kDescriptorSize + size_t(k)];
    if (dot > nearest.best) {
      nearest.second = nearest.best;
      nearest.best = dot;
      nearest.index = int(j);
    } else {
      nearest.second = std::max(nearest.second, dot);
    }
  }
  return nearest;
}

std::vector<FeatureMatch> MatchByDefinition(const Descriptors& a, const Descriptors& b,
                                            const DescriptorMatchOptions& options) {
  const auto angle = [](double dot) { return std::acos(std::min(1.0, dot / (512.0 * 512.0))); };
  const auto accepted = [&](const Nearest& n) {
    return n.index >= 0 && angle(n.best) <= options.max_distance_rad &&
           angle(n.best) < options.max_ratio * angle(n.second);
  };
  std::vector<FeatureMatch> matches;
  for (size_t i = 0; i < a.count; ++i) {
    const Nearest there = FindNearest(a.values.data() + i * kDescriptorSize, b);
    if (!accepted(there)) continue;
    const Nearest back = FindNearest(b.values.data() + size_t(there.index) * kDescriptorSize, a);
    if (back.index == int(i) && accepted(back)) matches.push_back({uint32_t(i), uint32_t(there.index)});
  }
  return matches;
}

TEST(MatchDescriptors, FindsEachPartnerInAReversedNoisyCopy) {
  for (const size_t count : {2, 5, 16, 17, 300, 513}) {
    const Descriptors first = RandomDescriptors(count, count);
    const std::vector<FeatureMatch> matches = MatchDescriptors(first, ReversedNoisyCopy(first, 6, 7), {});
    ASSERT_EQ(matches.size(), count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(matches[i].first, i);
      EXPECT_EQ(matches[i].second, count - 1 - i);
    }
  }
}

TEST(MatchDescriptors, AgreesWithTheDefinitionWhereSomePartnersAreMissingOrAmbiguous) {
  const Descriptors first = RandomDescriptors(203, 1);
  Descriptors second = ReversedNoisyCopy(first, 45, 2);  // so noisy that the ratio test rejects part of them
  second.count -= 40;
  second.values.resize(second.count * kDescriptorSize);
  DescriptorMatchOptions options;
  options.max_ratio = 0.9;
  const std::vector<FeatureMatch> expected = MatchByDefinition(first, second, options);
  const std::vector<FeatureMatch> matches = MatchDescriptors(first, second, options);
  EXPECT_GT(expected.size(), 5u);
  EXPECT_LT(expected.size(), 163u);
  ASSERT_EQ(matches.size(), expected.size());
  for (size_t i = 0; i < matches.size(); ++i) {
    EXPECT_EQ(matches[i].first, expected[i].first);
    EXPECT_EQ(matches[i].second, expected[i].second);
  }
}

TEST(MatchDescriptors, RejectsAFeatureWithTwoEqualPartners) {
  const Descriptors first = RandomDescriptors(3, 4);
  Descriptors second = first;
  second.values.insert(second.values.end(), first.values.begin(), first.values.begin() + kDescriptorSize);
  second.count = 4;  // row 0 twice
  const std::vector<FeatureMatch> matches = MatchDescriptors(first, second, {});
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].first, 1u);
  EXPECT_EQ(matches[1].first, 2u);
}

TEST(MatchDescriptors, FindsNothingAmongStrangersOrWithoutFeatures) {
  EXPECT_TRUE(MatchDescriptors(RandomDescriptors(100, 1), RandomDescriptors(100, 2), {}).empty());
  EXPECT_TRUE(MatchDescriptors({}, RandomDescriptors(10, 2), {}).empty());
  EXPECT_TRUE(MatchDescriptors(RandomDescriptors(10, 2), {}, {}).empty());
}

TEST(MatchDescriptors, RefusesAWrongShape) {
  Descriptors broken = RandomDescriptors(3, 1);
  broken.values.pop_back();
  EXPECT_NE(testing::ErrorMessageOf([&] { MatchDescriptors(broken, RandomDescriptors(3, 1), {}); }).find("383 values"),
            std::string::npos);
}

}  // namespace
}  // namespace splat::data
