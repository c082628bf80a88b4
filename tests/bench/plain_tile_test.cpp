// The yardstick of the benchmark computes what the stages compute.
#include "bench/plain_tile.h"

#include <gtest/gtest.h>

#include <vector>

#include "bench/tile_scene.h"

namespace splat::bench {
namespace {

constexpr int kSlots = TileScene::kSplats * kernels::kSlotSize;

std::vector<float> Copy(const float* values, int count) {
  return {values, values + count};
}

void ExpectNear(const std::vector<float>& got, const std::vector<float>& wanted, double tolerance) {
  ASSERT_EQ(got.size(), wanted.size());
  double largest = 0;
  for (const float value : wanted) largest = std::max(largest, double(std::abs(value)));
  ASSERT_GT(largest, 0);
  for (size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(got[i], wanted[i], tolerance * largest) << "number " << i;
}

class PlainTile : public ::testing::TestWithParam<double> {};

TEST_P(PlainTile, AgreesWithTheStages) {
  // A pair at the threshold of 1/255 may be decided otherwise, which adds or takes that much of a weight.
  constexpr double kTolerance = 2e-3;
  const TileScene scene(GetParam());
  SerialExecutor executor;
  const kernels::KernelContext context{&executor};
  kernels::Blend(context, scene.Forward());
  kernels::BlendBackward(context, scene.Backward());
  const auto& out = scene.Forward().out;
  const std::vector<float> image = Copy(out.image, 3 * math::kTilePixels), alpha = Copy(out.alpha, math::kTilePixels),
                           slots = Copy(scene.Backward().slots, kSlots);
  BlendTilePlainly(scene.Forward());
  BlendTileBackwardPlainly(scene.Backward());
  ExpectNear(Copy(out.image, 3 * math::kTilePixels), image, kTolerance);
  ExpectNear(Copy(out.alpha, math::kTilePixels), alpha, kTolerance);
  ExpectNear(Copy(scene.Backward().slots, kSlots), slots, kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Sizes, PlainTile, ::testing::Values(1.5, 4.0, 20.0));

}  // namespace
}  // namespace splat::bench
