// What becomes of each splat at a densification step, on every backend.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "rasterizer/math/activation.h"
#include "tests/support/density_backends.h"
#include "train/kernels/update/backward_adam.h"

namespace splat::train {
namespace {

using splat::testing::Bytes;
using splat::testing::DensitySplats;
using splat::testing::kManySplats;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int64_t kNoLimit = 1 << 30;      // max_gaussians
constexpr float kGradientUnit = 0x1p-16f;  // of the gradients below: about as large as those of a training

// A relocated splat gets the least logit itself, as a float.
TEST(Lives, IncludesTheLimitItself) {
  for (const double opacity : {0.001, 0.005, 0.01, 0.3}) {
    const float limit = float(math::Logit(opacity));
    EXPECT_TRUE(Lives(limit, limit)) << opacity;
    EXPECT_FALSE(Lives(limit, std::nextafter(limit, -kInfinity))) << opacity;
  }
  EXPECT_FALSE(Lives(0, kNan));
}

TEST(DensityStats, LeaveOutGradientsThatAreNotFinite) {
  float sum = 0;
  int32_t seen = 0;
  const DensityStatsView stats{&sum, &seen, 1, 1, false};
  for (const float bad : {kNan, kInfinity, 1e38f}) AddDensityStats(stats, 0, {bad, 0});
  EXPECT_EQ(seen, 0);
  AddDensityStats(stats, 0, {3, 4});
  EXPECT_EQ(sum, 5);
  EXPECT_EQ(seen, 1);
}

// What the decision reads of a model, on the host. Statistics may be shorter than the model, or missing; gradients are
// given in units.
struct Model {
  std::vector<float> logits, log_scales, gradient_sum;
  std::vector<int32_t> seen;
  bool has_statistics = true;
  std::optional<int64_t> statistics_count;  // if not all that the arrays hold

  void Add(float logit, const std::vector<float>& log_scale) {
    logits.push_back(logit);
    log_scales.insert(log_scales.end(), log_scale.begin(), log_scale.end());
  }
  void Add(float logit, const std::vector<float>& log_scale, float gradient, int32_t views) {
    Add(logit, log_scale);
    gradient_sum.push_back(gradient * kGradientUnit);
    seen.push_back(views);
  }
};

// Values whose quotients are exact in a float, so that the expectation may be worked out in double; few different
// gradients, so that there are ties, and some above 2.
Model RandomModel(int64_t count, uint64_t seed) {
  Random random(seed);
  Model model;
  for (int64_t i = 0; i < count; ++i) {
    const auto scale = [&] { return float(random.Uniform(-8, 0)); };
    const std::vector<float> scales = {scale(), scale(), scale()};
    const int32_t views = int32_t(1) << random.Below(4);
    const float gradient = float(random.Below(40)) * (random.Below(8) == 0 ? 1 << 18 : 1);
    model.Add(float(random.Uniform(-7, 5)), scales, gradient * float(views), random.Below(10) == 0 ? 0 : views);
  }
  return model;
}

FateThresholds Thresholds() {
  FateThresholds t;
  t.prune_logit = -5;
  t.split_log_scale = -2;
  t.prune_log_scale = -0.5;
  t.prune_large = true;
  t.grad_threshold = 20 * kGradientUnit;
  return t;
}

// The decision in double, splat by splat, and the limit by picking the strongest again and again.
std::vector<uint8_t> ExpectedFates(const Model& model, const FateThresholds& t, int64_t max_gaussians) {
  const size_t count = model.logits.size();
  std::vector<SplatFate> fates(count, SplatFate::kKeep);
  std::vector<double> strength(count, 0);
  int64_t size = 0;
  for (size_t i = 0; i < count; ++i) {
    const double largest = *std::max_element(&model.log_scales[3 * i], &model.log_scales[3 * i] + 3);
    if (model.logits[i] < t.prune_logit || (t.prune_large && largest > t.prune_log_scale)) {
      fates[i] = SplatFate::kRemove;
      continue;
    }
    ++size;
    if (!model.has_statistics || i >= model.seen.size()) continue;
    const double mean = model.seen[i] == 0 ? 0 : double(model.gradient_sum[i]) / model.seen[i];
    if (mean >= t.grad_threshold) strength[i] = mean;
  }
  while (size < max_gaussians) {
    const auto strongest = std::max_element(strength.begin(), strength.end());  // the first of equal ones
    if (strongest == strength.end() || *strongest == 0) break;
    *strongest = 0;
    ++size;
    const size_t i = size_t(strongest - strength.begin());
    const double largest = *std::max_element(&model.log_scales[3 * i], &model.log_scales[3 * i] + 3);
    fates[i] = largest > t.split_log_scale ? SplatFate::kSplit : SplatFate::kClone;
  }
  return Bytes(fates);
}

class DensityFatesTest : public splat::testing::DensityBackendTest {
 protected:
  struct Decision {
    std::vector<uint8_t> fates;
    FateCounts counts;
  };

  Decision Decide(const Model& model, const FateThresholds& thresholds, int64_t max_gaussians) const {
    DensitySplats splats(model.logits, model.log_scales);
    return Decide(splats, model, thresholds, max_gaussians);
  }
  // The splats are the model's, or others in their place.
  Decision Decide(DensitySplats& splats, const Model& model, const FateThresholds& thresholds,
                  int64_t max_gaussians) const {
    const auto gradient_sum = Array(model.gradient_sum);
    const auto seen = Array(model.seen);
    const auto fates = Array(std::vector<uint8_t>(model.logits.size(), 0xee));
    DecideParams params;
    params.splats = splats.View(*GetParam().device);
    params.statistics_count = model.has_statistics ? seen.size() : params.splats.count;
    if (model.statistics_count) params.statistics_count = *model.statistics_count;
    if (model.has_statistics) {
      params.gradient_sum = gradient_sum.data();
      params.seen = seen.data();
    }
    params.thresholds = thresholds;
    params.max_gaussians = max_gaussians;
    params.fates = fates.data();
    const FateCounts counts = Stages().decide_fates(context_, params);
    return {fates.Get(), counts};
  }
};
SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(DensityFatesTest);

void ExpectCounts(const FateCounts& counts, const std::vector<uint8_t>& fates) {
  const auto with = [&](SplatFate fate) { return std::count(fates.begin(), fates.end(), uint8_t(fate)); };
  EXPECT_EQ(counts.kept, with(SplatFate::kKeep) + with(SplatFate::kClone));
  EXPECT_EQ(counts.clones, with(SplatFate::kClone));
  EXPECT_EQ(counts.splits, with(SplatFate::kSplit));
}

TEST_P(DensityFatesTest, DecidesEveryFate) {
  Model model;
  const std::vector<float> small = {-4, -3, -5}, large = {-4, -1, -5}, huge = {-4, -3, 0};
  model.Add(0, small, 19, 1);      // kept: the gradient is below the threshold
  model.Add(0, small, 20, 1);      // cloned: it meets the threshold
  model.Add(0, large, 80, 2);      // split
  model.Add(-5.5f, small, 80, 2);  // removed: transparent
  model.Add(-5, small, 80, 4);     // cloned: meets the opacity
  model.Add(0, huge, 80, 2);       // removed: large
  model.Add(0, small, 80, 5);      // kept: the mean counts
  model.Add(0, small, 80, 0);      // kept: never seen
  Decision decision = Decide(model, Thresholds(), kNoLimit);
  constexpr auto kKeep = SplatFate::kKeep, kClone = SplatFate::kClone, kSplit = SplatFate::kSplit,
                 kRemove = SplatFate::kRemove;
  EXPECT_EQ(decision.fates, Bytes({kKeep, kClone, kSplit, kRemove, kClone, kRemove, kKeep, kKeep}));
  EXPECT_EQ(decision.counts.kept, 5);
  EXPECT_EQ(decision.counts.clones, 2);
  EXPECT_EQ(decision.counts.splits, 1);

  FateThresholds large_stay = Thresholds();
  large_stay.prune_large = false;
  decision = Decide(model, large_stay, kNoLimit);
  EXPECT_EQ(decision.fates, Bytes({kKeep, kClone, kSplit, kRemove, kClone, kSplit, kKeep, kKeep}));
}

TEST_P(DensityFatesTest, KeepsLargeSplatsThatAreFarAway) {
  Model model;
  const std::vector<float> huge = {-4, -3, 0};
  for (int i = 0; i < 3; ++i) model.Add(0, huge, 19, 1);
  DensitySplats splats(model.logits, model.log_scales);
  splats.host.means = {0, 0, 49, 30, -30, 30, 0, -51, 0};
  FateThresholds thresholds = Thresholds();
  thresholds.far_squared = 50 * 50;
  const Decision decision = Decide(splats, model, thresholds, kNoLimit);
  EXPECT_EQ(decision.fates, Bytes({SplatFate::kRemove, SplatFate::kKeep, SplatFate::kKeep}));
}

TEST_P(DensityFatesTest, RemovesWhatIsNotFinite) {
  Model model;
  const std::vector<float> small = {-4, -3, -5};
  model.Add(kNan, small, 0, 1);
  model.Add(-kInfinity, small, 0, 1);
  model.Add(0, {kNan, -3, -5}, 0, 1);
  model.Add(0, {-4, kInfinity, -5}, 0, 1);
  model.Add(0, {-4, -3, 50}, 0, 1);
  model.Add(0, {kInfinity, kNan, kNan}, 0, 1);
  model.Add(kInfinity, small, 0, 1);  // opaque, but drawn by no backend, as the next one
  model.Add(0, {-kInfinity, -kInfinity, -kInfinity}, 0, 1);
  model.Add(0, small, kNan, 1);       // a broken gradient grows nothing
  model.Add(0, small, kInfinity, 1);  // an infinite one is a large one
  FateThresholds thresholds = Thresholds();
  thresholds.prune_large = false;
  for (const int64_t limit : {kNoLimit, int64_t(5)}) {
    const Decision decision = Decide(model, thresholds, limit);
    std::vector<SplatFate> expected(10, SplatFate::kRemove);
    expected[8] = SplatFate::kKeep;
    expected[9] = SplatFate::kClone;
    EXPECT_EQ(decision.fates, Bytes(expected)) << limit;
    ExpectCounts(decision.counts, Bytes(expected));
  }
}

TEST_P(DensityFatesTest, RemovesASplatOfWhichAnyNumberIsNotFinite) {
  Model model;
  for (int array = 0; array < kSplatArrays; ++array) {
    const int width = WidthOf(array, DensitySplats::kRestCount);
    for (int number = 0; number < width; ++number) {
      for (const float bad : {kNan, kInfinity, -kInfinity}) {
        SCOPED_TRACE(StrCat(kSplatArrayList[array].name, " ", number, " = ", bad));
        model = Model();
        for (int splat = 0; splat < 3; ++splat) model.Add(0, {-4, -3, -5}, 0, 1);
        DensitySplats splats(model.logits, model.log_scales);
        splats.host[array][size_t(width + number)] = bad;
        EXPECT_EQ(Decide(splats, model, Thresholds(), kNoLimit).fates,
                  Bytes({SplatFate::kKeep, SplatFate::kRemove, SplatFate::kKeep}));
      }
    }
  }
  DensitySplats without_direction(model.logits, model.log_scales);
  std::fill_n(without_direction.host.quats.begin() + 4, 4, 0.0f);
  EXPECT_EQ(Decide(without_direction, model, Thresholds(), kNoLimit).fates,
            Bytes({SplatFate::kKeep, SplatFate::kRemove, SplatFate::kKeep}));
}

TEST_P(DensityFatesTest, ManySplatsAsInDouble) {
  const Model model = RandomModel(kManySplats, 3);
  const Decision decision = Decide(model, Thresholds(), kNoLimit);
  const std::vector<uint8_t> expected = ExpectedFates(model, Thresholds(), kNoLimit);
  EXPECT_EQ(decision.fates, expected);
  ExpectCounts(decision.counts, expected);
  EXPECT_GT(decision.counts.clones, 100);
  EXPECT_GT(decision.counts.splits, 100);
}

TEST_P(DensityFatesTest, SplatsBehindTheStatisticsStay) {
  Model model;
  const std::vector<float> small = {-4, -3, -5};
  model.Add(0, small, 80, 1);
  model.Add(0, small);
  model.Add(-6, small);
  const Decision decision = Decide(model, Thresholds(), kNoLimit);
  EXPECT_EQ(decision.fates, Bytes({SplatFate::kClone, SplatFate::kKeep, SplatFate::kRemove}));

  Model longer;
  longer.Add(0, small, 80, 1);
  longer.Add(0, small, 80, 1);
  longer.statistics_count = 1;
  EXPECT_EQ(Decide(longer, Thresholds(), kNoLimit).fates, Bytes({SplatFate::kClone, SplatFate::kKeep}));
}

TEST_P(DensityFatesTest, WithoutStatisticsNothingGrows) {
  Model model = RandomModel(600, 4);
  model.has_statistics = false;
  for (const int64_t limit : {kNoLimit, int64_t(0)}) {
    const Decision decision = Decide(model, Thresholds(), limit);
    EXPECT_EQ(decision.fates, ExpectedFates(model, Thresholds(), limit));
    EXPECT_EQ(decision.counts.clones + decision.counts.splits, 0);
    EXPECT_GT(decision.counts.kept, 0);
  }
}

TEST_P(DensityFatesTest, KeepsTheLimit) {
  const Model model = RandomModel(kManySplats, 5);
  const Decision unlimited = Decide(model, Thresholds(), kNoLimit);
  const int64_t full = unlimited.counts.Rows();
  const int64_t remaining = unlimited.counts.kept + unlimited.counts.splits;
  // Just met, missed by one, half of the growth, one may grow, none, and no room for what is there.
  for (const int64_t limit : {full, full - 1, (full + remaining) / 2, remaining + 1, remaining, int64_t(7)}) {
    const Decision decision = Decide(model, Thresholds(), limit);
    EXPECT_EQ(decision.fates, ExpectedFates(model, Thresholds(), limit)) << limit;
    ExpectCounts(decision.counts, decision.fates);
    EXPECT_EQ(decision.counts.Rows(), std::max(limit, remaining));
  }
}

TEST_P(DensityFatesTest, OfEqualGradientsAtTheLimitTheLowerIndexGrows) {
  Model model;
  const std::vector<float> small = {-4, -3, -5};
  model.Add(0, small, 30, 1);
  model.Add(0, small, 120, 4);
  model.Add(0, small, 31, 1);
  model.Add(0, small, 60, 2);
  const Decision decision = Decide(model, Thresholds(), 6);
  EXPECT_EQ(decision.fates, Bytes({SplatFate::kClone, SplatFate::kKeep, SplatFate::kClone, SplatFate::kKeep}));
}

// Where a gradient of 0 is enough, splats without one are still told from those that do not grow.
TEST_P(DensityFatesTest, ZeroGradientsCountAtTheLimit) {
  Model model;
  const std::vector<float> small = {-4, -3, -5};
  model.Add(-6, small, 0, 1);
  model.Add(0, small, 0, 1);
  model.Add(0, small, 0, 1);
  FateThresholds thresholds = Thresholds();
  thresholds.grad_threshold = 0;
  const Decision decision = Decide(model, thresholds, 3);
  EXPECT_EQ(decision.fates, Bytes({SplatFate::kRemove, SplatFate::kClone, SplatFate::kKeep}));
}

TEST_P(DensityFatesTest, EmptyModelsAndAllRemoved) {
  EXPECT_EQ(Decide(Model(), Thresholds(), 0).counts.Rows(), 0);
  Model model;
  model.Add(-6, {-4, -3, -5}, 80, 1);
  EXPECT_EQ(Decide(model, Thresholds(), kNoLimit).counts.Rows(), 0);
}

}  // namespace
}  // namespace splat::train
