#include "train/training_progress.h"

#include <gtest/gtest.h>

#include <limits>

namespace splat::train {
namespace {

TEST(ProgressMeter, LeavesOutLossesThatAreNotFinite) {
  ProgressMeter meter(10);
  EXPECT_EQ(meter.Update(1, std::numeric_limits<double>::quiet_NaN(), 1).loss, 0);
  EXPECT_EQ(meter.Update(2, 0.5, 1).loss, 0.5) << "the first that is finite";
  EXPECT_EQ(meter.Update(3, std::numeric_limits<double>::infinity(), 1).loss, 0.5);
  EXPECT_NEAR(meter.Update(4, 1.5, 1).loss, 0.98 * 0.5 + 0.02 * 1.5, 1e-12);
}

}  // namespace
}  // namespace splat::train
