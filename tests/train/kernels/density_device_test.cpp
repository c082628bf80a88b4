// The stages of density control on every backend: CPU, emulated card, and the card if there is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "core/quaternion.h"
#include "core/random.h"
#include "tests/support/emulated_card.h"
#include "tests/support/test_device.h"
#include "train/kernels/density_cuda_stages.h"

namespace splat::train::kernels {
namespace {

using splat::testing::DeviceArray;
using splat::testing::TestDevice;
using splat::testing::TestScratch;
using ::testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int64_t kMany = 5003;        // several blocks, the last one not full
constexpr int64_t kNoLimit = 1 << 30;  // max_gaussians
// exp, log and cos of the card differ by ulps of a double, and the result is one of float: half an ulp, relative.
constexpr double kFloatRounding = 1.2e-7;
constexpr float kGradientUnit = 0x1p-16f;  // of the gradients below: about as large as those of a training

struct Backend {
  std::string name;
  const DensityStages* stages;
  std::shared_ptr<TestDevice> device;
  int threads;
  uint64_t order_seed;
  bool bits_of_host;  // exp, log and cos are the host's
};

std::vector<Backend> UsableBackends() {
  const DensityStages* emulated = &emulated::DeviceDensityStages();
  std::vector<Backend> backends;
  for (const int threads : {1, 3}) {
    backends.push_back(
        {"Cpu" + std::to_string(threads), &CpuDensityStages(), splat::testing::HostDevice(), threads, 0, true});
  }
  for (const uint64_t seed : {0, 1, 2}) {
    backends.push_back({"EmulatedOrder" + std::to_string(seed), emulated, splat::testing::HostDevice(), 1, seed, true});
  }
  auto card = splat::testing::CudaDevice();
  if (card && CudaDensityStages()) backends.push_back({"Cuda", CudaDensityStages(), card, 1, 0, false});
  return backends;
}

std::vector<uint8_t> Bytes(const std::vector<SplatFate>& fates) {
  std::vector<uint8_t> bytes;
  bytes.reserve(fates.size());
  for (const SplatFate fate : fates) bytes.push_back(uint8_t(fate));
  return bytes;
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

class DensityDevice : public ::testing::TestWithParam<Backend> {
 protected:
  struct Decision {
    std::vector<uint8_t> fates;
    FateCounts counts;
  };

  DensityDevice() : pool_(GetParam().threads), order_({GetParam().order_seed}), scratch_(*GetParam().device) {
    context_.executor = &pool_;
    context_.scratch = &scratch_;
  }
  const DensityStages& Stages() const { return *GetParam().stages; }
  template <typename T>
  DeviceArray<T> Array(const std::vector<T>& values) const {
    return DeviceArray<T>(*GetParam().device, values);
  }

  Decision Decide(const Model& model, const FateThresholds& thresholds, int64_t max_gaussians) const {
    const auto logits = Array(model.logits), log_scales = Array(model.log_scales),
               gradient_sum = Array(model.gradient_sum);
    const auto seen = Array(model.seen);
    const auto fates = Array(std::vector<uint8_t>(model.logits.size(), 0xee));
    DecideParams params;
    params.count = logits.size();
    params.opacity_logits = logits.data();
    params.log_scales = log_scales.data();
    params.statistics_count = model.has_statistics ? seen.size() : params.count;
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

  std::vector<int64_t> Plan(const std::vector<uint8_t>& fates) const {
    const auto device_fates = Array(fates);
    const FateCounts counts = CountFates(fates.data(), int64_t(fates.size()));
    const auto rows = Array(std::vector<int64_t>(size_t(counts.Rows()), -1));
    Stages().plan_rows(context_, {device_fates.size(), device_fates.data(), counts, rows.data()});
    return rows.Get();
  }

  std::vector<int64_t> Morton(const std::vector<float>& means, Vec3<float> low, Vec3<float> high) const {
    const auto device_means = Array(means);
    const auto rows = Array(std::vector<int64_t>(means.size() / 3, -1));
    Stages().morton_order(context_, {rows.size(), device_means.data(), low, high, rows.data()});
    return rows.Get();
  }

  KernelContext context_;

 private:
  ThreadPool pool_;
  emulation::ScopedOrder order_;
  TestScratch scratch_;
};

void ExpectCounts(const FateCounts& counts, const std::vector<uint8_t>& fates) {
  const auto with = [&](SplatFate fate) { return std::count(fates.begin(), fates.end(), uint8_t(fate)); };
  EXPECT_EQ(counts.kept, with(SplatFate::kKeep) + with(SplatFate::kClone));
  EXPECT_EQ(counts.clones, with(SplatFate::kClone));
  EXPECT_EQ(counts.splits, with(SplatFate::kSplit));
}

TEST_P(DensityDevice, DecidesEveryFate) {
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

TEST_P(DensityDevice, RemovesWhatIsNotFinite) {
  Model model;
  const std::vector<float> small = {-4, -3, -5};
  model.Add(kNan, small, 0, 1);
  model.Add(-kInfinity, small, 0, 1);
  model.Add(0, {kNan, -3, -5}, 0, 1);
  model.Add(0, {-4, kInfinity, -5}, 0, 1);
  model.Add(0, {-4, -3, 50}, 0, 1);
  model.Add(0, {kInfinity, kNan, kNan}, 0, 1);
  model.Add(kInfinity, small, 0, 1);                         // opaque
  model.Add(0, {-kInfinity, -kInfinity, -kInfinity}, 0, 1);  // flat in every direction
  model.Add(0, small, kNan, 1);                              // a broken gradient grows nothing
  model.Add(0, small, kInfinity, 1);                         // an infinite one is a large one
  FateThresholds thresholds = Thresholds();
  thresholds.prune_large = false;
  for (const int64_t limit : {kNoLimit, int64_t(5)}) {
    const Decision decision = Decide(model, thresholds, limit);
    std::vector<SplatFate> expected(10, SplatFate::kRemove);
    std::fill_n(expected.begin() + 6, 3, SplatFate::kKeep);
    expected[9] = SplatFate::kClone;
    EXPECT_EQ(decision.fates, Bytes(expected)) << limit;
    ExpectCounts(decision.counts, Bytes(expected));
  }
}

TEST_P(DensityDevice, ManySplatsAsInDouble) {
  const Model model = RandomModel(kMany, 3);
  const Decision decision = Decide(model, Thresholds(), kNoLimit);
  const std::vector<uint8_t> expected = ExpectedFates(model, Thresholds(), kNoLimit);
  EXPECT_EQ(decision.fates, expected);
  ExpectCounts(decision.counts, expected);
  EXPECT_GT(decision.counts.clones, 100);
  EXPECT_GT(decision.counts.splits, 100);
}

TEST_P(DensityDevice, SplatsBehindTheStatisticsStay) {
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

TEST_P(DensityDevice, WithoutStatisticsNothingGrows) {
  Model model = RandomModel(600, 4);
  model.has_statistics = false;
  for (const int64_t limit : {kNoLimit, int64_t(0)}) {
    const Decision decision = Decide(model, Thresholds(), limit);
    EXPECT_EQ(decision.fates, ExpectedFates(model, Thresholds(), limit));
    EXPECT_EQ(decision.counts.clones + decision.counts.splits, 0);
    EXPECT_GT(decision.counts.kept, 0);
  }
}

TEST_P(DensityDevice, KeepsTheLimit) {
  const Model model = RandomModel(kMany, 5);
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

TEST_P(DensityDevice, OfEqualGradientsAtTheLimitTheLowerIndexGrows) {
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
TEST_P(DensityDevice, ZeroGradientsCountAtTheLimit) {
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

TEST_P(DensityDevice, EmptyModelsAreFine) {
  const Decision decision = Decide(Model(), Thresholds(), 0);
  EXPECT_EQ(decision.counts.Rows(), 0);
  EXPECT_TRUE(Plan({}).empty());
  EXPECT_TRUE(Morton({}, {0, 0, 0}, {1, 1, 1}).empty());
  Stages().draw_children(context_, ChildrenParams());
  Stages().gather_rows(context_, GatherParams());
  Stages().clamp_opacity(context_, nullptr, 0, 1.0f);
}

TEST_P(DensityDevice, AllRemovedAndOneSplat) {
  Model model;
  model.Add(-6, {-4, -3, -5}, 80, 1);
  EXPECT_EQ(Decide(model, Thresholds(), kNoLimit).counts.Rows(), 0);
  EXPECT_TRUE(Plan(std::vector<uint8_t>(700, uint8_t(SplatFate::kRemove))).empty());
  EXPECT_THAT(Plan(Bytes({SplatFate::kKeep})), ElementsAre(0));
  EXPECT_THAT(Plan(Bytes({SplatFate::kClone})), ElementsAre(0, 0));
  EXPECT_THAT(Plan(Bytes({SplatFate::kSplit})), ElementsAre(0, 0));
}

TEST_P(DensityDevice, RowsAreKeptOnesThenClonesThenChildren) {
  EXPECT_THAT(Plan(Bytes({SplatFate::kSplit, SplatFate::kClone, SplatFate::kKeep, SplatFate::kRemove, SplatFate::kClone,
                          SplatFate::kSplit})),
              ElementsAre(1, 2, 4, 1, 4, 0, 0, 5, 5));
}

TEST_P(DensityDevice, RowsOfManySplats) {
  Random random(6);
  std::vector<uint8_t> fates;
  for (int64_t i = 0; i < kMany; ++i) fates.push_back(uint8_t(random.Below(4)));
  std::vector<int64_t> expected;
  const auto append = [&](const std::vector<SplatFate>& wanted, int times) {
    for (int64_t i = 0; i < kMany; ++i) {
      const bool is = std::count(wanted.begin(), wanted.end(), SplatFate(fates[size_t(i)])) > 0;
      for (int k = 0; is && k < times; ++k) expected.push_back(i);
    }
  };
  append({SplatFate::kKeep, SplatFate::kClone}, 1);
  append({SplatFate::kClone}, 1);
  append({SplatFate::kSplit}, 2);
  EXPECT_EQ(Plan(fates), expected);
}

struct Splats {
  std::vector<float> means, log_scales, quats;
};

Splats RandomSplats(int64_t count, uint64_t seed) {
  Random random(seed);
  Splats splats;
  for (int64_t i = 0; i < count; ++i) {
    for (int k = 0; k < 3; ++k) splats.means.push_back(float(random.Uniform(-5, 5)));
    for (int k = 0; k < 3; ++k) splats.log_scales.push_back(float(random.Uniform(-6, 1)));
    for (int k = 0; k < 4; ++k) splats.quats.push_back(float(random.Normal()));
  }
  return splats;
}

Vec3<double> Rotated(const float* quat, const Vec3<double>& v) {
  const double norm = std::sqrt(double(quat[0]) * quat[0] + double(quat[1]) * quat[1] + double(quat[2]) * quat[2] +
                                double(quat[3]) * quat[3]);
  const double w = quat[0] / norm;
  const Vec3<double> axis{quat[1] / norm, quat[2] / norm, quat[3] / norm};
  const Vec3<double> cross = Cross(axis, v);
  return v + (2 * w) * cross + 2.0 * Cross(axis, cross);
}

// The children lie where one generator puts them that is drawn from in the order of rows, whatever the backend.
TEST_P(DensityDevice, ChildrenFollowOneSequenceOfRandomNumbers) {
  constexpr int64_t kFirst = 41, kChildren = 1500;
  const Splats before = RandomSplats(kFirst + kChildren, 7);
  const auto means = Array(before.means), log_scales = Array(before.log_scales), quats = Array(before.quats);
  Random random(1234);
  Stages().draw_children(context_, {means.data(), log_scales.data(), quats.data(), kFirst, kChildren, random.state()});
  const std::vector<float> means_after = means.Get(), scales_after = log_scales.Get();
  const uint64_t start = random.state();
  for (size_t row = 0; row < size_t(kFirst + kChildren); ++row) {
    Vec3<double> offset{0, 0, 0};
    const float* scale = &before.log_scales[3 * row];
    const bool is_child = row >= size_t(kFirst);
    if (is_child) {
      const double x = random.Normal(), y = random.Normal(), z = random.Normal();
      offset = Rotated(&before.quats[4 * row], {std::exp(double(scale[0])) * x, std::exp(double(scale[1])) * y,
                                                std::exp(double(scale[2])) * z});
    }
    const double expected[3] = {offset.x, offset.y, offset.z};
    for (size_t k = 0; k < 3; ++k) {
      const double mean = before.means[3 * row + k];
      // The offset and the sum are rounded to float.
      const double tolerance = is_child ? kFloatRounding * (std::abs(expected[k]) + std::abs(mean + expected[k])) : 0;
      ASSERT_NEAR(means_after[3 * row + k], mean + expected[k], tolerance) << row;
      const double shrink = is_child ? std::log(1.6) : 0;
      ASSERT_NEAR(scales_after[3 * row + k], scale[k] - shrink, 1e-6) << row;
    }
  }
  EXPECT_EQ(random.state(), Random(start).Skipped(kChildren * kDrawsPerChild).state());
}

// The loop over rows that this stage replaced, statement by statement: trainings keep their bits.
TEST_P(DensityDevice, ChildrenHaveTheBitsOfTheSerialLoop) {
  if (!GetParam().bits_of_host) GTEST_SKIP() << "exp, log and cos of the card differ from the host's in the last bits";
  constexpr int64_t kChildren = 700;
  Splats splats = RandomSplats(kChildren, 8);
  const auto means = Array(splats.means), log_scales = Array(splats.log_scales), quats = Array(splats.quats);
  Random random(99);
  Stages().draw_children(context_, {means.data(), log_scales.data(), quats.data(), 0, kChildren, random.state()});
  for (size_t row = 0; row < size_t(kChildren); ++row) {
    float* mean = &splats.means[3 * row];
    float* log_scale = &splats.log_scales[3 * row];
    const float* q = &splats.quats[4 * row];
    const Mat3<double> rotation = RotationMatrix(Quaternion<double>{q[0], q[1], q[2], q[3]});
    const double x = std::exp(double(log_scale[0])) * random.Normal();
    const double y = std::exp(double(log_scale[1])) * random.Normal();
    const double z = std::exp(double(log_scale[2])) * random.Normal();
    const Vec3<double> offset = rotation * Vec3<double>{x, y, z};
    mean[0] += float(offset.x);
    mean[1] += float(offset.y);
    mean[2] += float(offset.z);
    for (int k = 0; k < 3; ++k) log_scale[k] -= float(std::log(1.6));
  }
  EXPECT_EQ(means.Get(), splats.means);
  EXPECT_EQ(log_scales.Get(), splats.log_scales);
}

TEST_P(DensityDevice, GatherCopiesRowsAndClearsNewOnes) {
  for (const int64_t width : {1, 3, 4, 45}) {
    constexpr int64_t kFrom = 300, kRows = 611, kZeroFrom = 400;
    Random random(9);
    std::vector<float> from;
    for (int64_t i = 0; i < kFrom * width; ++i) from.push_back(float(random.Normal()));
    std::vector<int64_t> rows;
    for (int64_t r = 0; r < kRows; ++r) rows.push_back(int64_t(random.Below(kFrom)));
    const auto device_from = Array(from);
    const auto device_rows = Array(rows);
    for (const int64_t zero_from : {kZeroFrom, kRows, int64_t(0)}) {
      const auto to = Array(std::vector<float>(size_t(kRows * width), kNan));
      Stages().gather_rows(context_, {device_from.data(), width, device_rows.data(), kRows, zero_from, to.data()});
      std::vector<float> expected(size_t(kRows * width), 0.0f);
      for (int64_t r = 0; r < zero_from; ++r) {
        for (int64_t k = 0; k < width; ++k) {
          expected[size_t(r * width + k)] = from[size_t(rows[size_t(r)] * width + k)];
        }
      }
      EXPECT_EQ(to.Get(), expected) << width << " from " << zero_from;
    }
  }
}

// In double and bit by bit. Box and means are such that nothing is rounded.
uint32_t ExpectedCode(const float* mean, const double* low, const double* high) {
  uint32_t code = 0;
  for (int axis = 0; axis < 3; ++axis) {
    if (std::isnan(mean[axis])) return ~uint32_t(0);
    const double place = std::floor((mean[axis] - low[axis]) / (high[axis] - low[axis]) * 1024);
    const uint32_t cell = place < 0 ? 0 : place > 1023 ? 1023 : uint32_t(place);
    for (int bit = 0; bit < 10; ++bit) code |= (cell >> bit & 1u) << (3 * bit + axis);
  }
  return code;
}

TEST_P(DensityDevice, MortonOrderSortsStablyWithNanLast) {
  const double low[3] = {-2, -1, 0}, high[3] = {2, 1, 8};
  Random random(10);
  std::vector<float> means;
  for (int64_t i = 0; i < kMany; ++i) {
    // Some lie outside of the box, and some are equal.
    const int64_t steps = random.Below(2) == 0 ? 4 : 2048;
    for (int k = 0; k < 3; ++k) means.push_back(float(random.Below(uint64_t(5 * steps))) / float(steps) - 2.5f);
  }
  means[3 * 17 + 1] = kNan;
  means[3 * 400] = kNan;
  means[3 * 401 + 2] = kInfinity;
  means[3 * 402] = -kInfinity;
  means[3 * 403] = 3e38f;
  const std::vector<int64_t> rows = Morton(means, {-2, -1, 0}, {2, 1, 8});
  std::vector<int64_t> expected(static_cast<size_t>(kMany));
  std::iota(expected.begin(), expected.end(), int64_t(0));
  const auto code = [&](int64_t i) { return ExpectedCode(&means[size_t(3 * i)], low, high); };
  std::sort(expected.begin(), expected.end(),
            [&](int64_t a, int64_t b) { return code(a) != code(b) ? code(a) < code(b) : a < b; });
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(rows[size_t(kMany - 2)], 17);
  EXPECT_EQ(rows[size_t(kMany - 1)], 400);
}

TEST_P(DensityDevice, PointsOutsideCountToTheNearestCell) {
  // Cells 1023, outside, 1022, outside below, 0 and 1 of one axis.
  EXPECT_THAT(Morton({0.9995f, 0, 0, 7, 0, 0, 0.9985f, 0, 0, -7, 0, 0, 0, 0, 0, 0.0015f, 0, 0}, {0, 0, 0}, {1, 1, 1}),
              ElementsAre(3, 4, 5, 2, 0, 1));
}

TEST_P(DensityDevice, MortonOrderOfAFlatBoxIgnoresItsAxis) {
  EXPECT_THAT(Morton({0.9f, 5, 0, 0.1f, -5, kInfinity, 0.5f, 7, 0}, {0, 5, 0}, {1, 5, 0}), ElementsAre(1, 2, 0));
}

TEST_P(DensityDevice, ClampCutsFromAboveAndLeavesNan) {
  std::vector<float> logits(1000);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = float(i) / 100 - 5;
  logits[3] = kNan;
  logits[4] = kInfinity;
  logits[5] = -kInfinity;
  const auto device_logits = Array(logits);
  Stages().clamp_opacity(context_, device_logits.data(), device_logits.size(), -1.25f);
  const std::vector<float> after = device_logits.Get();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (i == 3) continue;
    EXPECT_EQ(after[i], logits[i] < -1.25f ? logits[i] : -1.25f) << i;
  }
  EXPECT_TRUE(std::isnan(after[3]));
}

INSTANTIATE_TEST_SUITE_P(On, DensityDevice, ::testing::ValuesIn(UsableBackends()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace splat::train::kernels
