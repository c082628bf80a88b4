// Which splats lie in the rows of the new model after a densification step, on every backend.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

#include "core/random.h"
#include "tests/support/density_backends.h"

namespace splat::train {
namespace {

using splat::testing::Bytes;
using splat::testing::kManySplats;
using ::testing::ElementsAre;

class DensityRowsTest : public splat::testing::DensityBackendTest {
 protected:
  // Which splat lies in each row after the edit that is planned: those of [0, N) in their rows before.
  std::vector<int64_t> Plan(const std::vector<uint8_t>& fates) const {
    const auto device_fates = Array(fates);
    PlanParams plan;
    plan.count = device_fates.size();
    plan.fates = device_fates.data();
    plan.counts = CountFates(fates.data(), plan.count);
    const auto from = Array(std::vector<int64_t>(size_t(plan.Changed()), kWild));
    const auto to = Array(std::vector<int64_t>(size_t(plan.Changed()), kWild));
    plan.from = from.data();
    plan.to = to.data();
    Stages().plan_rows(context_, plan);
    return Edited(plan, from.Get(), to.Get());
  }

 private:
  static constexpr int64_t kWild = -77;

  static std::vector<int64_t> Edited(const PlanParams& plan, const std::vector<int64_t>& from,
                                     const std::vector<int64_t>& to) {
    std::vector<int64_t> rows(size_t(std::max(plan.count, plan.counts.Rows())));
    std::iota(rows.begin(), rows.end(), int64_t(0));
    std::set<int64_t> written;
    for (size_t k = 0; k < to.size(); ++k) {
      EXPECT_TRUE(from[k] >= 0 && from[k] < plan.count) << "a row that can be read";
      if (to[k] == -1 && int64_t(k) < plan.Moved()) continue;
      EXPECT_TRUE(to[k] >= 0 && to[k] < plan.counts.Rows()) << "row " << to[k];
      EXPECT_TRUE(written.insert(to[k]).second) << "row " << to[k] << " is written twice";
      if (to[k] >= 0 && to[k] < plan.counts.Rows()) rows[size_t(to[k])] = from[k];
    }
    rows.resize(size_t(plan.counts.Rows()));
    return rows;
  }
};
SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(DensityRowsTest);

TEST_P(DensityRowsTest, NoSplatAllRemovedAndOneSplat) {
  EXPECT_TRUE(Plan({}).empty());
  EXPECT_TRUE(Plan(std::vector<uint8_t>(700, uint8_t(SplatFate::kRemove))).empty());
  EXPECT_THAT(Plan(Bytes({SplatFate::kKeep})), ElementsAre(0));
  EXPECT_THAT(Plan(Bytes({SplatFate::kClone})), ElementsAre(0, 0));
  EXPECT_THAT(Plan(Bytes({SplatFate::kSplit})), ElementsAre(0, 0));
}

TEST_P(DensityRowsTest, NewSplatsTakeTheHolesAndThenTheEnd) {
  EXPECT_THAT(Plan(Bytes({SplatFate::kSplit, SplatFate::kClone, SplatFate::kKeep, SplatFate::kRemove, SplatFate::kClone,
                          SplatFate::kSplit})),
              ElementsAre(1, 1, 2, 4, 4, 0, 0, 5, 5));
}

TEST_P(DensityRowsTest, HolesThatAreLeftAreFilledFromTheEnd) {
  constexpr auto kKeep = SplatFate::kKeep, kClone = SplatFate::kClone, kRemove = SplatFate::kRemove;
  EXPECT_THAT(Plan(Bytes({kRemove, kKeep, kRemove, kRemove, kKeep, kClone, kRemove, kKeep})),
              ElementsAre(5, 1, 5, 7, 4));
  EXPECT_THAT(Plan(Bytes({kKeep, kKeep, kRemove, kRemove})), ElementsAre(0, 1));
  EXPECT_THAT(Plan(Bytes({kRemove, kRemove, kKeep, kKeep})), ElementsAre(2, 3));
}

// Plainly: first the new splats to the holes, then the last kept ones.
std::vector<int64_t> ExpectedRows(const std::vector<uint8_t>& fates) {
  const int64_t count = int64_t(fates.size());
  std::vector<int64_t> rows, holes, added;
  const auto is = [&](int64_t i, SplatFate fate) { return SplatFate(fates[size_t(i)]) == fate; };
  for (int64_t i = 0; i < count; ++i) {
    const bool stays = is(i, SplatFate::kKeep) || is(i, SplatFate::kClone);
    if (!stays) holes.push_back(i);
    rows.push_back(stays ? i : -1);
    if (is(i, SplatFate::kClone)) added.push_back(i);
  }
  for (int64_t i = 0; i < count; ++i) {
    if (is(i, SplatFate::kSplit)) added.insert(added.end(), 2, i);
  }
  for (const int64_t splat : added) {
    if (holes.empty()) {
      rows.push_back(splat);
    } else {
      rows[size_t(holes.front())] = splat;
      holes.erase(holes.begin());
    }
  }
  const size_t size = rows.size() - holes.size();
  for (size_t i = size; i < rows.size(); ++i) {
    if (rows[i] < 0) continue;
    rows[size_t(holes.front())] = rows[i];
    holes.erase(holes.begin());
  }
  rows.resize(size);
  return rows;
}

TEST_P(DensityRowsTest, RowsOfManySplats) {
  Random random(6);
  // The model grows, or it shrinks a little or much.
  for (const uint64_t removed : {0, 1, 5, 40}) {
    std::vector<uint8_t> fates;
    for (int64_t i = 0; i < kManySplats; ++i) {
      const uint64_t draw = random.Below(4 + removed);
      fates.push_back(draw < 4 ? uint8_t(draw) : uint8_t(SplatFate::kRemove));
    }
    EXPECT_EQ(Plan(fates), ExpectedRows(fates)) << removed;
  }
}

}  // namespace
}  // namespace splat::train
