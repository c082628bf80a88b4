// The edits of a densification step on every backend: children of splits, gathered rows, Morton order, clamped
// opacities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/random.h"
#include "tests/support/density_backends.h"

namespace splat::train {
namespace {

using splat::testing::kManySplats;
using ::testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
// exp, log and cos of the GPU differ by ulps of a double, and the result is one of float: half an ulp, relative.
constexpr double kFloatRounding = 1.2e-7;

class DensityEditsTest : public splat::testing::DensityBackendTest {
 protected:
  std::vector<int64_t> Morton(const std::vector<float>& means, Vec3<float> low, Vec3<float> high) const {
    const auto device_means = Array(means);
    const auto rows = Array(std::vector<int64_t>(means.size() / 3, -1));
    Stages().morton_order(context_, {rows.size(), device_means.data(), low, high, rows.data()});
    return rows.Get();
  }
};
SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(DensityEditsTest);

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
TEST_P(DensityEditsTest, ChildrenFollowOneSequenceOfRandomNumbers) {
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

// To the bit: each child jumps to where a generator stands that has drawn for all children before it.
TEST_P(DensityEditsTest, ChildrenHaveTheBitsOfTheSerialLoop) {
  if (!GetParam().bits_of_host) GTEST_SKIP() << "exp, log and cos of the GPU differ from the host's in the last bits";
  constexpr int64_t kChildren = 700;
  Splats splats = RandomSplats(kChildren, 8);
  const auto means = Array(splats.means), log_scales = Array(splats.log_scales), quats = Array(splats.quats);
  Random random(99);
  Stages().draw_children(context_, {means.data(), log_scales.data(), quats.data(), 0, kChildren, random.state()});
  for (size_t row = 0; row < size_t(kChildren); ++row) {
    DrawChild(random, &splats.quats[4 * row], &splats.means[3 * row], &splats.log_scales[3 * row]);
    for (int axis = 0; axis < 3; ++axis) random.Normal();  // what the child has drawn from its copy
  }
  EXPECT_EQ(means.Get(), splats.means);
  EXPECT_EQ(log_scales.Get(), splats.log_scales);
}

TEST_P(DensityEditsTest, NothingToEditIsFine) {
  EXPECT_TRUE(Morton({}, {0, 0, 0}, {1, 1, 1}).empty());
  Stages().draw_children(context_, ChildrenParams());
  Stages().gather_rows(context_, GatherParams());
  Stages().scatter_rows(context_, ScatterParams());
  Stages().clamp_opacity(context_, nullptr, 0, 1.0f);
}

std::vector<float> RandomRows(int64_t count, int64_t width, uint64_t seed) {
  Random random(seed);
  std::vector<float> rows;
  for (int64_t i = 0; i < count * width; ++i) rows.push_back(float(random.Normal()));
  return rows;
}

TEST_P(DensityEditsTest, GatherCopiesRows) {
  for (const int64_t width : {1, 3, 4, 45}) {
    constexpr int64_t kFrom = 300, kRows = 611;
    const std::vector<float> from = RandomRows(kFrom, width, 9);
    Random random(10);
    std::vector<int64_t> rows;
    for (int64_t r = 0; r < kRows; ++r) rows.push_back(int64_t(random.Below(kFrom)));
    const auto device_from = Array(from);
    const auto device_rows = Array(rows);
    const auto to = Array(std::vector<float>(size_t(kRows * width), kNan));
    Stages().gather_rows(context_, {device_from.data(), width, device_rows.data(), kRows, to.data()});
    std::vector<float> expected;
    for (const int64_t row : rows)
      expected.insert(expected.end(), &from[size_t(row * width)], &from[size_t(row * width)] + width);
    EXPECT_EQ(to.Get(), expected) << width;
  }
}

TEST_P(DensityEditsTest, ScatterWritesRowsAndZerosInPlaceAndLeavesTheOthers) {
  for (const int64_t width : {1, 3, 4, 45}) {
    constexpr int64_t kRows = 611, kTo = 2 * kRows;
    const std::vector<float> from = RandomRows(kRows, width, 9), before = RandomRows(kTo, width, 10);
    std::vector<int64_t> rows;
    for (int64_t r = 0; r < kRows; ++r) rows.push_back(r % 7 == 3 ? -1 : kTo - 1 - 2 * r);
    const auto device_from = Array(from);
    const auto device_rows = Array(rows);
    for (const int64_t from_count : {int64_t(400), kRows, int64_t(0)}) {
      const auto to = Array(before);
      const float* source = from_count > 0 ? device_from.data() : nullptr;
      Stages().scatter_rows(context_, {source, from_count, width, device_rows.data(), kRows, to.data()});
      std::vector<float> expected = before;
      for (int64_t e = 0; e < kRows * width; ++e) {
        const int64_t row = rows[size_t(e / width)];
        if (row < 0) continue;
        expected[size_t(row * width + e % width)] = e / width < from_count ? from[size_t(e)] : 0.0f;
      }
      EXPECT_EQ(to.Get(), expected) << width << ", " << from_count << " rows";
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

TEST_P(DensityEditsTest, MortonOrderSortsStablyWithNanLast) {
  const double low[3] = {-2, -1, 0}, high[3] = {2, 1, 8};
  Random random(10);
  std::vector<float> means;
  for (int64_t i = 0; i < kManySplats; ++i) {
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
  std::vector<int64_t> expected(static_cast<size_t>(kManySplats));
  std::iota(expected.begin(), expected.end(), int64_t(0));
  const auto code = [&](int64_t i) { return ExpectedCode(&means[size_t(3 * i)], low, high); };
  std::sort(expected.begin(), expected.end(),
            [&](int64_t a, int64_t b) { return code(a) != code(b) ? code(a) < code(b) : a < b; });
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(rows[size_t(kManySplats - 2)], 17);
  EXPECT_EQ(rows[size_t(kManySplats - 1)], 400);
}

TEST_P(DensityEditsTest, PointsOutsideCountToTheNearestCell) {
  // Cells 1023, outside, 1022, outside below, 0 and 1 of one axis.
  EXPECT_THAT(Morton({0.9995f, 0, 0, 7, 0, 0, 0.9985f, 0, 0, -7, 0, 0, 0, 0, 0, 0.0015f, 0, 0}, {0, 0, 0}, {1, 1, 1}),
              ElementsAre(3, 4, 5, 2, 0, 1));
}

TEST_P(DensityEditsTest, MortonOrderOfAFlatBoxIgnoresItsAxis) {
  EXPECT_THAT(Morton({0.9f, 5, 0, 0.1f, -5, kInfinity, 0.5f, 7, 0}, {0, 5, 0}, {1, 5, 0}), ElementsAre(1, 2, 0));
}

TEST_P(DensityEditsTest, ClampCutsFromAboveAndLeavesNan) {
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

}  // namespace
}  // namespace splat::train
