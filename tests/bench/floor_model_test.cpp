#include "bench/floor_model.h"

#include <gtest/gtest.h>

namespace splat::bench {
namespace {

constexpr DeviceRates kH200 = {4.8e12, 33.5e12, 8.4e12};

// 1297x840 px, half of each list walked, 50 drawn splats a pixel, three tested for one drawn.
StepCounts Garden(double splats, double visible, double instances) {
  StepCounts c;
  c.splats = splats;
  c.visible = visible;
  c.instances = instances;
  c.pixels = 1297 * 840;
  c.tiles = 82 * 53;
  c.walked_share = 0.5;
  c.contributing = 50 * c.pixels;
  c.tested = 3 * c.contributing;
  c.live_warps = 1.5 * c.walked_share * c.instances;
  return c;
}

double Floor(const StepCounts& counts) {
  return FloorMs(Sum(WorkOf(counts)), kH200);
}

// Worked out by hand from the formulas for an H200: 0.677, 1.514 and 2.650 ms.
TEST(FloorModel, GivesTheKnownFloorsOfAGardenScene) {
  constexpr double kRounding_ms = 0.001;
  EXPECT_NEAR(Floor(Garden(1.0e6, 0.45e6, 1.8e6)), 0.677, kRounding_ms);
  EXPECT_NEAR(Floor(Garden(3.0e6, 1.35e6, 3.7e6)), 1.514, kRounding_ms);
  EXPECT_NEAR(Floor(Garden(5.8e6, 2.6e6, 5.7e6)), 2.650, kRounding_ms);
}

TEST(FloorModel, StagesAddUpAndUnknownRatesCountNothing) {
  const StepWork work = WorkOf(Garden(1e6, 0.45e6, 1.8e6));
  double sum = 0;
  for (const StageWork& stage : work) sum += FloorMs(stage, kH200);
  EXPECT_NEAR(sum, FloorMs(Sum(work), kH200), 1e-12);
  EXPECT_NEAR(FloorMs({4.8e9, 1e12, 1e12}, {4.8e12, 0, 0}), 1, 1e-12);
}

}  // namespace
}  // namespace splat::bench
