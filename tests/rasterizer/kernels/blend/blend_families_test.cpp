// The two families of the backward blend on a GPU give the same slots, and the bucketed one the same bits in any order
// of threads, with its own checkpoints or with those of the forward pass: at lists around a bucket's length, long
// lists, and tiles that turn opaque in the middle of a bucket.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "tests/support/backends.h"
#include "tests/support/gradient_check.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::EmulatedBackend;
using testing::EmulatedBucketsBackend;
using testing::GradientsMatch;
using testing::PixelArrays;
using testing::PlainSplat;
using testing::RandomVector;
using testing::Rendered;
using testing::RenderInput;
using testing::TestCamera;

// Of a column's largest entry. The families add up at most 256 pixels in another order, and take what is behind a splat
// from other differences. Measured: 8e-6.
constexpr double kTolerance = 3e-5;
// The rounding of what is behind a splat counts 1 / (1 - alpha)-fold, and is larger at the end of a long list
// (docs/math.md, section 7). Measured: 1e-4.
constexpr double kOpaqueTolerance = 3e-4;

struct Size {
  int width, height;
};

// `splats` splats one behind the other, of sizes from some pixels to beyond the tile.
RenderInput Pile(const Size& size, int splats, double opacity_min, double opacity_max) {
  RenderInput input;
  input.camera = TestCamera(size.width, size.height, 0);
  input.options.sh_degree = 0;
  input.background = {0.2, 0.7, 0.4};
  Random random(uint64_t(splats) + 1);
  for (int i = 0; i < splats; ++i) {
    const auto v = RandomVector(7, 0, 1, random);
    PlainSplat splat{v[0] * size.width,
                     v[1] * size.height,
                     2 + 4.0 * i / splats,
                     2 + 20 * v[2] * v[2],
                     opacity_min + (opacity_max - opacity_min) * v[3],
                     {v[4], v[5], v[6]}};
    AppendPlainSplat(input.splats, input.camera, splat);
  }
  return input;
}

// Adds splats from depth z on that leave no pixel transparent: 0.4^11 is below the limit. Not more opaque each, for
// kOpaqueTolerance's reason.
void AppendWall(RenderInput& input, double z, double x, double y, double sigma_px) {
  for (int i = 0; i < 14; ++i) {
    AppendPlainSplat(input.splats, input.camera, {x, y, z + 1e-4 * i, sigma_px, 0.6});
  }
}

PixelArrays RandomGrad(const RenderInput& input) {
  Random random(9);
  const size_t pixels = size_t(input.camera.width) * size_t(input.camera.height);
  return {RandomVector(3 * pixels, -1, 1, random), RandomVector(pixels, -1, 1, random),
          RandomVector(pixels, -1, 1, random)};
}

std::vector<double> Column(const std::vector<double>& slots, int entry) {
  std::vector<double> column;
  for (size_t i = size_t(entry); i < slots.size(); i += kSlotSize) column.push_back(slots[i]);
  return column;
}

void ExpectFamiliesAgree(const RenderInput& input, const PixelArrays& grad, const std::string& what,
                         double tolerance = kTolerance) {
  SCOPED_TRACE(what);
  const auto warps = EmulatedBackend(0), buckets = EmulatedBucketsBackend(0, false);
  const Rendered forward = warps->Render(input);
  const std::vector<double> expected = warps->BlendBackward(input, forward, grad);
  const std::vector<double> actual = buckets->BlendBackward(input, forward, grad);
  for (int entry = 0; entry < kSlotSize; ++entry) {
    EXPECT_TRUE(GradientsMatch(Column(actual, entry), Column(expected, entry), tolerance, StrCat("entry ", entry)));
  }
  for (const auto& [seed, checkpoints] : {std::pair{0, true}, {1, true}, {2, false}}) {
    const auto other = EmulatedBucketsBackend(uint64_t(seed), checkpoints);
    EXPECT_EQ(other->BlendBackward(input, forward, grad), actual) << other->Name();
  }
}

TEST(BlendFamilies, AgreeForListsAroundTheLengthOfABucket) {
  for (const int splats : {1, 31, 32, 33, 127, 128, 129, 257}) {
    const RenderInput input = Pile({16, 16}, splats, 0.02, 0.3);
    ExpectFamiliesAgree(input, RandomGrad(input), StrCat(splats, " splats"));
  }
}

TEST(BlendFamilies, AgreeForALongListBesideShortOnes) {
  RenderInput input = Pile({16, 16}, 2100, 0.005, 0.02);
  input.camera.width = 70;
  input.camera.height = 37;
  ExpectFamiliesAgree(input, RandomGrad(input), "2100 splats");
  const auto lists = EmulatedBackend(0)->Render(input).lists;
  int64_t longest = 0, shortest = lists.instances;
  for (size_t tile = 0; tile + 1 < lists.tile_begin.size(); ++tile) {
    longest = std::max(longest, lists.tile_begin[tile + 1] - lists.tile_begin[tile]);
    shortest = std::min(shortest, lists.tile_begin[tile + 1] - lists.tile_begin[tile]);
  }
  EXPECT_GT(longest, 2000);
  EXPECT_EQ(shortest, 0);
}

TEST(BlendFamilies, AgreeWhereATileTurnsOpaqueInTheMiddleOfABucket) {
  for (const double z : {1.9, 2.5, 3.7}) {
    RenderInput input = Pile({20, 18}, 600, 0.02, 0.1);
    AppendWall(input, z, 10, 9, 1e4);
    ExpectFamiliesAgree(input, RandomGrad(input), StrCat("a wall at depth ", z), kOpaqueTolerance);
    const auto buckets = EmulatedBucketsBackend(0, false);
    const Rendered forward = buckets->Render(input);
    const std::vector<double> slots = buckets->BlendBackward(input, forward, RandomGrad(input));
    for (size_t splat = 0; splat < 600; ++splat) {
      if (forward.projected.depths[splat] < z + 0.1) continue;
      for (int64_t slot = forward.lists.slot_begin[splat]; slot < forward.lists.slot_begin[splat + 1]; ++slot) {
        for (int entry = 0; entry < kSlotSize; ++entry) EXPECT_EQ(slots[size_t(slot * kSlotSize + entry)], 0);
      }
    }
  }
  RenderInput input = Pile({16, 16}, 600, 0.01, 0.03);
  AppendWall(input, 2.1, 4, 4, 3);
  ExpectFamiliesAgree(input, RandomGrad(input), "an opaque corner", kOpaqueTolerance);
}

TEST(BlendFamilies, AgreeForEachChoiceOfGradients) {
  const RenderInput input = Pile({35, 20}, 300, 0.02, 0.2);
  const PixelArrays grad = RandomGrad(input);
  ExpectFamiliesAgree(input, {grad.image, {}, {}}, "image");
  ExpectFamiliesAgree(input, {grad.image, grad.alpha, {}}, "image and alpha");
  ExpectFamiliesAgree(input, {grad.image, {}, grad.depth}, "image and depth");
}

TEST(BlendFamilies, CheckpointsLeaveTheImageAsItIs) {
  const RenderInput input = Pile({35, 20}, 700, 0.02, 0.3);
  const Rendered plain = EmulatedBackend(0)->Render(input), with = EmulatedBucketsBackend(1, true)->Render(input);
  EXPECT_EQ(with.pixels.image, plain.pixels.image);
  EXPECT_EQ(with.pixels.alpha, plain.pixels.alpha);
  EXPECT_EQ(with.pixels.depth, plain.pixels.depth);
}

TEST(BlendFamilies, EveryListHasEnoughPlacesOfItsOwn) {
  Random random(3);
  for (int round = 0; round < 200; ++round) {
    const auto draws = RandomVector(2 * 20, 0, 1, random);
    int64_t begin = 0, free = 0;
    for (int tile = 0; tile < 20; ++tile) {
      const int length = draws[2 * tile] < 0.5 ? int(4 * draws[2 * tile + 1]) : int(130 * draws[2 * tile + 1]);
      const int64_t place = PlaceOfList(int32_t(begin), tile, kBucketSize);
      ASSERT_GE(place, free);
      free = place + (length + kBucketSize - 1) / kBucketSize;
      begin += length;
    }
    ASSERT_LE(free, CheckpointBuckets(begin, 20));
  }
}

}  // namespace
}  // namespace splat::kernels
