#include "train/view_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace splat::train {
namespace {

// The views of an epoch, in its order.
std::vector<int> TakeEpoch(EpochOrder& order) {
  EXPECT_TRUE(BeginEpochIfOver(order));
  std::vector<int> taken;
  while (order.next < order.views.size()) {
    EXPECT_FALSE(BeginEpochIfOver(order)) << "the epoch is not over";
    taken.push_back(order.views[order.next++]);
  }
  return taken;
}

TEST(EpochOrder, EachEpochHasAllViewsInAnOrderOfItsOwn) {
  EpochOrder order = EpochOrderOf({2, 3, 5, 7, 11, 13}, 4);
  const std::set<int> all = {2, 3, 5, 7, 11, 13};
  std::set<std::vector<int>> orders;
  for (int epoch = 0; epoch < 5; ++epoch) {
    const std::vector<int> taken = TakeEpoch(order);
    EXPECT_EQ(std::set<int>(taken.begin(), taken.end()), all);
    EXPECT_EQ(taken.size(), all.size());
    orders.insert(taken);
  }
  EXPECT_GT(orders.size(), 3u);
}

TEST(EpochOrder, ACopyGoesOnInTheSameOrder) {
  EpochOrder order = EpochOrderOf({0, 1, 2, 3, 4, 5, 6, 7}, 9);
  TakeEpoch(order);
  EpochOrder copy = order;
  EXPECT_EQ(TakeEpoch(copy), TakeEpoch(order));
  EXPECT_EQ(TakeEpoch(copy), TakeEpoch(order));
  EpochOrder other = EpochOrderOf({0, 1, 2, 3, 4, 5, 6, 7}, 10);
  EXPECT_NE(TakeEpoch(other), TakeEpoch(order));
}

TEST(EpochOrder, ADroppedViewNeverComesAgainAndNoneIsSkipped) {
  EpochOrder order = EpochOrderOf({0, 1, 2, 3}, 1);
  BeginEpochIfOver(order);
  const std::vector<int> before = order.views;
  order.next = 2;
  DropLastView(order);
  EXPECT_EQ(order.views[order.next], before[2]);
  EXPECT_EQ(order.views.size(), 3u);
  EXPECT_EQ(std::count(order.views.begin(), order.views.end(), before[1]), 0);
}

TEST(EpochOrder, RanksShareAnEpochAndMakeTheSameSteps) {
  for (const int views : {1, 2, 3, 7, 8}) {
    for (const int ranks : {2, 3}) {
      std::vector<int> all;
      for (int view = 0; view < views; ++view) all.push_back(view);
      std::set<int> taken;
      std::set<size_t> steps;
      for (int rank = 0; rank < ranks; ++rank) {
        EpochOrder order = EpochOrderOf(all, 3);
        EXPECT_TRUE(BeginEpochIfOver(order));
        const ViewShare share = {rank, ranks};
        const std::vector<int> expected = ViewsLeft(order, share);
        std::vector<int> mine;
        for (; !BeginEpochIfOver(order); mine.push_back(TakeView(order, share))) {
        }
        EXPECT_EQ(mine, expected);
        taken.insert(mine.begin(), mine.end());
        steps.insert(mine.size());
      }
      EXPECT_EQ(taken.size(), all.size()) << "every view is somebody's";
      EXPECT_EQ(steps, std::set<size_t>{size_t((views + ranks - 1) / ranks)});
    }
  }
}

}  // namespace
}  // namespace splat::train
