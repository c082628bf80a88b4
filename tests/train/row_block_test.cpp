#include "train/row_block.h"

#include <gtest/gtest.h>

namespace splat::train {
namespace {

constexpr int64_t kNoLimit = 1000000;

TEST(RowBlock, GrowsByHalfAndKeepsItsRows) {
  const torch::Tensor start = torch::rand({100, 3});
  RowBlock block(start);
  EXPECT_EQ(block.capacity(), 100);
  block.Reserve(101, kNoLimit);
  EXPECT_EQ(block.capacity(), 150);
  EXPECT_EQ(block.rows().size(0), 100) << "there is room, and nothing else has changed";
  EXPECT_TRUE(torch::equal(block.rows(), start));
  const void* memory = block.rows().data_ptr();
  block.SetCount(150);
  block.Reserve(150, kNoLimit);
  EXPECT_EQ(block.rows().data_ptr(), memory);
  EXPECT_EQ(block.rows().sizes(), torch::IntArrayRef({150, 3}));
  EXPECT_TRUE(block.rows().is_contiguous());
  block.Reserve(1000, kNoLimit);
  EXPECT_EQ(block.capacity(), 1000) << "more than by half where that is asked for";
}

TEST(RowBlock, MakesNoMoreRoomThanTheLimitUnlessItMust) {
  RowBlock block(torch::rand({100, 2, 3}));
  block.Reserve(110, 120);
  EXPECT_EQ(block.capacity(), 120);
  block.Reserve(130, 120);
  EXPECT_EQ(block.capacity(), 130);
}

TEST(RowBlock, ShrinksWithoutGivingRoomBack) {
  RowBlock block(torch::rand({10}));
  const void* memory = block.rows().data_ptr();
  block.SetCount(4);
  block.Reserve(9, kNoLimit);
  EXPECT_EQ(block.capacity(), 10);
  EXPECT_EQ(block.rows().data_ptr(), memory);
  EXPECT_EQ(block.rows().numel(), 4);
}

TEST(RowBlock, HoldsRowsWithoutNumbers) {
  RowBlock block(torch::empty({5, 0, 3}));
  block.Reserve(20, kNoLimit);
  block.SetCount(20);
  EXPECT_EQ(block.rows().sizes(), torch::IntArrayRef({20, 0, 3}));
}

}  // namespace
}  // namespace splat::train
