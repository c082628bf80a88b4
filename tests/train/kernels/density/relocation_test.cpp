// Relocation and the random walk on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.h"
#include "tests/support/density_backends.h"

namespace splat::train {
namespace {

using splat::testing::DensitySplats;
using splat::testing::kManySplats;
using ::testing::Each;
using ::testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

float LogitOf(double opacity) {
  return float(std::log(opacity / (1 - opacity)));
}

struct Weighed {
  std::vector<uint64_t> weight_sums;
  std::vector<int32_t> dead_sums;
  int64_t dead = 0;

  uint64_t WeightOf(size_t i) const { return weight_sums[i] - (i > 0 ? weight_sums[i - 1] : 0); }
  bool IsDead(size_t i) const { return dead_sums[i] > (i > 0 ? dead_sums[i - 1] : 0); }
};

struct Draws {
  std::vector<int64_t> from, to;
  std::vector<int32_t> copies;
};

class RelocationTest : public splat::testing::DensityBackendTest {
 protected:
  Weighed Weigh(const std::vector<float>& logits, const std::vector<float>& log_scales, float dead_logit) const {
    DensitySplats splats(logits, log_scales);
    return Weigh(splats, dead_logit);
  }
  Weighed Weigh(DensitySplats& splats, float dead_logit) const {
    const size_t n = splats.host.opacity_logits.size();
    const auto weights = Array(std::vector<uint64_t>(n, 99));
    const auto dead = Array(std::vector<int32_t>(n, -99));
    Weighed weighed;
    weighed.dead =
        Stages().weigh_splats(context_, {splats.View(*GetParam().device), dead_logit, weights.data(), dead.data()});
    weighed.weight_sums = weights.Get();
    weighed.dead_sums = dead.Get();
    return weighed;
  }

  // weights: of the splats, 0 for a dead one.
  Draws Draw(const std::vector<uint64_t>& weights, int64_t revived, int64_t added, uint64_t seed) const {
    std::vector<uint64_t> weight_sums;
    std::vector<int32_t> dead_sums;
    uint64_t weight = 0;
    int32_t dead = 0;
    for (const uint64_t w : weights) {
      weight_sums.push_back(weight += w);
      dead_sums.push_back(dead += w == 0 ? 1 : 0);
    }
    const auto device_weights = Array(weight_sums);
    const auto device_dead = Array(dead_sums);
    const size_t changed = size_t(2 * (revived + added));
    const auto from = Array(std::vector<int64_t>(changed, -77)), to = Array(std::vector<int64_t>(changed, -77));
    const auto copies = Array(std::vector<int32_t>(changed, -77));
    Stages().draw_sources(context_, {int64_t(weights.size()), device_weights.data(), device_dead.data(), revived, added,
                                     Random(seed).state(), from.data(), to.data(), copies.data()});
    return {from.Get(), to.Get(), copies.Get()};
  }

  // Opacity and scale of each of so many equal splats in the place of one of scale 1.
  void Share(double opacity_logit, int32_t copies, double* opacity, double* scale) const {
    const auto logits = Array(std::vector<float>{float(opacity_logit)});
    const auto scales = Array(std::vector<float>{0, -1, 2});
    const auto device_copies = Array(std::vector<int32_t>{copies});
    Stages().share_opacity(context_, {1, device_copies.data(), -100, logits.data(), scales.data()});
    *opacity = 1 / (1 + std::exp(-double(logits.Get()[0])));
    const std::vector<float> after = scales.Get();
    EXPECT_NEAR(after[1], after[0] - 1, 1e-6);
    EXPECT_NEAR(after[2], after[0] + 2, 1e-6);
    *scale = std::exp(double(after[0]));
  }
};
SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(RelocationTest);

TEST_P(RelocationTest, WeighsByOpacityAndCountsTheDead) {
  Random random(3);
  std::vector<float> logits, log_scales;
  for (int64_t i = 0; i < kManySplats; ++i) {
    logits.push_back(float(random.Uniform(-9, 6)));
    for (int axis = 0; axis < 3; ++axis) log_scales.push_back(float(random.Uniform(-6, 0)));
  }
  const float dead_logit = logits[7];  // one that is exactly at the limit lives
  const Weighed weighed = Weigh(logits, log_scales, dead_logit);
  int64_t dead = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    const bool alive = logits[i] >= dead_logit;
    dead += alive ? 0 : 1;
    ASSERT_EQ(weighed.IsDead(i), !alive) << i;
    const double opacity = alive ? 1 / (1 + std::exp(-double(logits[i]))) : 0;
    // A float's rounding, twice, and the fraction that is cut off.
    ASSERT_NEAR(double(weighed.WeightOf(i)), opacity * double(1 << 24), 3) << i;
  }
  EXPECT_EQ(weighed.dead, dead);
  EXPECT_GT(dead, 1000);
}

TEST_P(RelocationTest, BrokenSplatsAreDeadAndTheFaintestLiveOneHasAChance) {
  const std::vector<float> logits = {kNan, 0, 0, 0, -kInfinity, -60, 0};
  std::vector<float> log_scales(3 * logits.size(), -2);
  log_scales[3 * 1] = kNan;
  log_scales[3 * 2 + 1] = 51;  // has diverged
  log_scales[3 * 3 + 2] = kInfinity;
  const Weighed weighed = Weigh(logits, log_scales, -80);
  EXPECT_EQ(weighed.dead, 5);
  EXPECT_THAT(weighed.dead_sums, ElementsAre(1, 2, 3, 4, 5, 5, 5));
  EXPECT_THAT(weighed.weight_sums, ElementsAre(0, 0, 0, 0, 0, 1, 1 + (1 << 23)));
}

TEST_P(RelocationTest, ASplatOfWhichAnyNumberIsNotFiniteIsDead) {
  for (int array = 0; array < kSplatArrays; ++array) {
    const int width = WidthOf(array, DensitySplats::kRestCount);
    for (int number = 0; number < width; ++number) {
      for (const float bad : {kNan, kInfinity, -kInfinity}) {
        DensitySplats splats({0, 0, 0}, std::vector<float>(9, -2));
        splats.host[array][size_t(width + number)] = bad;
        EXPECT_THAT(Weigh(splats, -80).dead_sums, ElementsAre(0, 1, 1))
            << kSplatArrayList[array].name << " " << number << " = " << bad;
      }
    }
  }
}

TEST_P(RelocationTest, NothingToDoIsFine) {
  EXPECT_EQ(Weigh({}, {}, 0).dead, 0);
  EXPECT_TRUE(Draw({1, 0}, 0, 0, 1).from.empty());
  Stages().share_opacity(context_, ShareParams());
  Stages().add_noise(context_, NoiseParams());
}

TEST_P(RelocationTest, DrawsAsASerialLoopWould) {
  Random random(11);
  std::vector<uint64_t> weights;
  for (int64_t i = 0; i < kManySplats; ++i) weights.push_back(random.Below(3) == 0 ? 0 : random.Below(1000));
  const int64_t dead = std::count(weights.begin(), weights.end(), 0u);
  const int64_t revived = dead - 5, added = 700, draws = revived + added;
  const Draws drawn = Draw(weights, revived, added, 5);
  std::vector<int64_t> expected_to, sources;
  for (int64_t i = 0; i < kManySplats && int64_t(expected_to.size()) < revived; ++i) {
    if (weights[size_t(i)] == 0) expected_to.push_back(i);
  }
  for (int64_t i = 0; i < added; ++i) expected_to.push_back(kManySplats + i);
  uint64_t total = 0;
  for (const uint64_t weight : weights) total += weight;
  Random serial(5);
  std::vector<int32_t> times(weights.size());
  for (int64_t k = 0; k < draws; ++k) {
    uint64_t left = uint64_t(serial.Uniform() * double(total));
    int64_t source = 0;
    while (left >= weights[size_t(source)]) left -= weights[size_t(source++)];
    sources.push_back(source);
    // The first that has drawn a source rewrites it, too.
    expected_to.push_back(times[size_t(source)]++ == 0 ? source : -1);
  }
  ASSERT_EQ(drawn.to, expected_to);
  for (int64_t k = 0; k < draws; ++k) {
    ASSERT_EQ(drawn.from[size_t(k)], sources[size_t(k)]) << k;
    ASSERT_EQ(drawn.from[size_t(draws + k)], sources[size_t(k)]) << k;
    const int32_t copies = times[size_t(sources[size_t(k)])] + 1;
    ASSERT_EQ(drawn.copies[size_t(k)], copies) << k;
    ASSERT_EQ(drawn.copies[size_t(draws + k)], copies) << k;
  }
}

TEST_P(RelocationTest, ChancesAreInProportionToTheWeights) {
  const std::vector<uint64_t> weights = {0, 10, 0, 0, 30, 1, 0, 59, 0};
  constexpr int64_t kDraws = 40000;
  const Draws drawn = Draw(weights, 0, kDraws, 17);
  for (size_t i = 0; i < weights.size(); ++i) {
    const double share = double(weights[i]) / 100;
    const double times = double(std::count(drawn.from.begin(), drawn.from.begin() + kDraws, int64_t(i)));
    EXPECT_NEAR(times, kDraws * share, 5 * std::sqrt(kDraws * share * (1 - share))) << i;  // 5 sigma
  }
}

TEST_P(RelocationTest, ASingleLiveSplatTakesEveryDraw) {
  const Draws drawn = Draw({0, 0, 1, 0}, 3, 2, 1);
  EXPECT_THAT(drawn.from, Each(2));
  EXPECT_THAT(drawn.to, ElementsAre(0, 1, 3, 4, 5, 2, -1, -1, -1, -1));
  EXPECT_THAT(drawn.copies, Each(6));
}

// The integral over x of 1 - (1 - opacity g(x / scale))^copies, by the trapezoidal rule in double.
double Width(double opacity, double scale, int copies) {
  constexpr double kStep = 1e-3;
  double sum = 0;
  for (double x = -12; x < 12; x += kStep) {
    sum += -std::expm1(copies * std::log1p(-opacity * std::exp(-0.5 * x * x / (scale * scale))));
  }
  return sum * kStep;
}

TEST_P(RelocationTest, SharingKeepsTheOpacityInTheMiddleAndTheWidth) {
  for (const double opacity : {0.005, 0.1, 0.5, 0.9, 0.999}) {
    for (const int32_t copies : {1, 2, 3, 7, 51, 400}) {
      double shared = 0, scale = 0;
      Share(std::log(opacity / (1 - opacity)), copies, &shared, &scale);
      // A logit of float in -5 ... 7 is exact to 3e-7.
      EXPECT_NEAR(1 - std::pow(1 - shared, copies), opacity, 1e-6) << opacity << ", " << copies;
      EXPECT_NEAR(Width(shared, scale, copies) / Width(opacity, 1, 1), 1, 1e-5) << opacity << ", " << copies;
      if (copies == 1) {
        EXPECT_NEAR(scale, 1, 1e-6);
      }
    }
  }
}

TEST_P(RelocationTest, SharingHoldsForOpaqueSplatsAndManyCopies) {
  double opacity = 0, scale = 0;
  for (const int32_t copies : {1, 2, 1000, 1000000}) {
    for (const double logit : {15.0, 20.0, 80.0}) {
      Share(logit, copies, &opacity, &scale);
      EXPECT_TRUE(scale > 0.05 && scale < 1.001) << logit << ", " << copies << ": " << scale;
      const double transparency = std::exp(copies * std::log1p(-opacity));
      EXPECT_LT(transparency, 3.2e-7) << logit << ", " << copies;
    }
  }
}

TEST_P(RelocationTest, SharingLeavesAtLeastTheLeastOpacity) {
  const auto logits = Array(std::vector<float>{LogitOf(0.006), LogitOf(0.9)});
  const auto scales = Array(std::vector<float>(6, -3));
  const auto copies = Array(std::vector<int32_t>{4, 2});
  Stages().share_opacity(context_, {2, copies.data(), LogitOf(0.005), logits.data(), scales.data()});
  EXPECT_EQ(logits.Get()[0], LogitOf(0.005));
  EXPECT_GT(logits.Get()[1], LogitOf(0.6));
}

class NoiseTest : public RelocationTest {
 protected:
  // Where equal splats at the origin are after one step.
  std::vector<float> Walked(int64_t count, float logit, const std::vector<float>& log_scale,
                            const std::vector<float>& quat, float rate) const {
    std::vector<float> scales, quats;
    for (int64_t i = 0; i < count; ++i) {
      scales.insert(scales.end(), log_scale.begin(), log_scale.end());
      quats.insert(quats.end(), quat.begin(), quat.end());
    }
    const auto logits = Array(std::vector<float>(size_t(count), logit)), device_scales = Array(scales),
               device_quats = Array(quats), means = Array(std::vector<float>(size_t(3 * count), 0.0f));
    Stages().add_noise(context_, {count, logits.data(), device_scales.data(), device_quats.data(), means.data(), rate,
                                  Random(4).state()});
    return means.Get();
  }
};
SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(NoiseTest);

// A step is factor * covariance * normal numbers: so their covariance is factor^2 * covariance^2.
TEST_P(NoiseTest, StepsAreGaussianWithTheSquareOfTheCovariance) {
  constexpr int64_t kCount = 20000;
  constexpr float kRate = 3;
  // Turned by 90 degrees around z: the scales of x and y change places.
  const double h = std::sqrt(0.5), s[3] = {0.5, 0.2, 0.1};
  const std::vector<float> log_scale = {float(std::log(s[0])), float(std::log(s[1])), float(std::log(s[2]))};
  const std::vector<float> means = Walked(kCount, LogitOf(0.02), log_scale, {float(h), 0, 0, float(h)}, kRate);
  const double factor = kRate / (1 + std::exp(100 * (0.02 - 0.005)));
  const double sigma[3] = {factor * s[1] * s[1], factor * s[0] * s[0], factor * s[2] * s[2]};
  for (size_t a = 0; a < 3; ++a) {
    double sum = 0, fourth = 0;
    for (size_t i = 0; i < size_t(kCount); ++i) {
      sum += means[3 * i + a];
      fourth += std::pow(means[3 * i + a] / sigma[a], 4);
    }
    EXPECT_NEAR(sum / kCount, 0, 5 * sigma[a] / std::sqrt(double(kCount)));
    EXPECT_NEAR(fourth / kCount, 3, 0.35) << "of a normal number, within 5 sigma";
    for (size_t b = 0; b < 3; ++b) {
      double product = 0;
      for (size_t i = 0; i < size_t(kCount); ++i) product += means[3 * i + a] * means[3 * i + b];
      const double scale = sigma[a] * sigma[b];
      EXPECT_NEAR(product / kCount / scale, a == b ? 1 : 0, 5 * std::sqrt(2.0 / kCount)) << a << ", " << b;
    }
  }
}

TEST_P(NoiseTest, OpaqueAndBrokenSplatsStay) {
  const std::vector<float> scale = {-1, -1, -1}, quat = {1, 0, 0, 0};
  EXPECT_THAT(Walked(300, LogitOf(0.2), scale, quat, 80), Each(0.0f));
  EXPECT_THAT(Walked(300, kNan, scale, quat, 80), Each(0.0f));
  EXPECT_THAT(Walked(300, LogitOf(0.01), {60, 0, 0}, quat, 80), Each(0.0f));
  EXPECT_THAT(Walked(300, LogitOf(0.01), {0, kNan, 0}, quat, 80), Each(0.0f));
  EXPECT_THAT(Walked(300, LogitOf(0.01), scale, quat, 80), ::testing::Contains(::testing::Gt(1e-3f)));
}

// Whatever the other splats are, so that nothing depends on threads.
TEST_P(NoiseTest, EachSplatHasItsOwnPartOfTheSequence) {
  const std::vector<float> scale = {-1, -2, -3}, quat = {1, 0.5f, 0, 0.1f};
  const std::vector<float> many = Walked(1000, LogitOf(0.01), scale, quat, 1);
  const std::vector<float> few = Walked(10, LogitOf(0.01), scale, quat, 1);
  EXPECT_EQ(std::vector<float>(many.begin(), many.begin() + 30), few);
  std::vector<float> x;
  for (size_t i = 0; i < 1000; ++i) x.push_back(many[3 * i]);
  std::sort(x.begin(), x.end());
  EXPECT_EQ(std::unique(x.begin(), x.end()), x.end()) << "no two splats take the same step";
}

}  // namespace
}  // namespace splat::train
