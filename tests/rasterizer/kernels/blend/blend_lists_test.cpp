// The backward blend of a GPU gives the slots of the CPU in double, and the same bits in any order of threads: at
// lists around the lengths of a round and of a batch of staged splats, long lists, and tiles that turn opaque in the
// middle of a round.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/check.h"
#include "tests/support/backends.h"
#include "tests/support/gradient_check.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::CpuDoubleBackend;
using testing::EmulatedBackend;
using testing::GradientsMatch;
using testing::PixelArrays;
using testing::PlainSplat;
using testing::RandomVector;
using testing::Rendered;
using testing::RenderInput;
using testing::TestCamera;

// The tolerance is a share of a column's largest entry.
constexpr double kTolerance = 3e-5;
// The rounding of what is behind a splat counts 1 / (1 - alpha)-fold, and is larger at the end of a long list
// (docs/math.md, section 7).
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
  Random random(uint64_t(splats) + 3);  // with these no pixel's alpha is within rounding of the least that is drawn
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
// kOpaqueTolerance's reason; of different colours, for between equal ones the gradient is all rounding.
void AppendWall(RenderInput& input, double z, double x, double y, double sigma_px) {
  for (int i = 0; i < 14; ++i) {
    AppendPlainSplat(input.splats, input.camera, {x, y, z + 1e-4 * i, sigma_px, 0.6, {i % 2 * 0.8, 0.07 * i, 0.5}});
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

// Returns the slots.
std::vector<double> ExpectSlotsOfTheCpu(const RenderInput& input, const PixelArrays& grad, const std::string& what,
                                        double tolerance = kTolerance) {
  SCOPED_TRACE(what);
  const auto device = EmulatedBackend(0);
  const Rendered forward = device->Render(input);
  const std::vector<double> expected = CpuDoubleBackend()->BlendBackward(input, forward, grad);
  const std::vector<double> actual = device->BlendBackward(input, forward, grad);
  for (int entry = 0; entry < kSlotSize; ++entry) {
    EXPECT_TRUE(GradientsMatch(Column(actual, entry), Column(expected, entry), tolerance, StrCat("entry ", entry)));
  }
  for (const uint64_t seed : {1, 2}) EXPECT_EQ(EmulatedBackend(seed)->BlendBackward(input, forward, grad), actual);
  return actual;
}

TEST(BlendLists, AgreeAroundTheLengthsOfARoundAndOfABatch) {
  for (const int splats : {1, 31, 32, 33, 128, 255, 256, 257, 289}) {
    const RenderInput input = Pile({16, 16}, splats, 0.02, 0.3);
    ExpectSlotsOfTheCpu(input, RandomGrad(input), StrCat(splats, " splats"));
  }
}

TEST(BlendLists, AgreeForALongListBesideShortOnes) {
  RenderInput input = Pile({16, 16}, 2100, 0.005, 0.02);
  input.camera.width = 70;
  input.camera.height = 37;
  ExpectSlotsOfTheCpu(input, RandomGrad(input), "2100 splats");
  const auto lists = EmulatedBackend(0)->Render(input).lists;
  int64_t longest = 0, shortest = lists.instances;
  for (size_t tile = 0; tile + 1 < lists.tile_begin.size(); ++tile) {
    longest = std::max(longest, lists.tile_begin[tile + 1] - lists.tile_begin[tile]);
    shortest = std::min(shortest, lists.tile_begin[tile + 1] - lists.tile_begin[tile]);
  }
  EXPECT_GT(longest, 2000);
  EXPECT_EQ(shortest, 0);
}

TEST(BlendLists, AgreeWhereATileTurnsOpaqueInTheMiddleOfARound) {
  for (const double z : {1.9, 2.5, 3.7}) {
    RenderInput input = Pile({20, 18}, 600, 0.02, 0.1);
    AppendWall(input, z, 10, 9, 1e4);
    const std::vector<double> slots =
        ExpectSlotsOfTheCpu(input, RandomGrad(input), StrCat("a wall at depth ", z), kOpaqueTolerance);
    const Rendered forward = EmulatedBackend(0)->Render(input);
    for (size_t splat = 0; splat < 600; ++splat) {
      if (forward.projected.depths[splat] < z + 0.1) continue;
      for (int64_t slot = forward.lists.slot_begin[splat]; slot < forward.lists.slot_begin[splat + 1]; ++slot) {
        for (int entry = 0; entry < kSlotSize; ++entry) EXPECT_EQ(slots[size_t(slot * kSlotSize + entry)], 0);
      }
    }
  }
  RenderInput input = Pile({16, 16}, 600, 0.01, 0.03);
  AppendWall(input, 2.1, 4, 4, 3);
  ExpectSlotsOfTheCpu(input, RandomGrad(input), "an opaque corner", kOpaqueTolerance);
}

TEST(BlendLists, AgreeForEachChoiceOfGradients) {
  const RenderInput input = Pile({35, 20}, 300, 0.02, 0.2);
  const PixelArrays grad = RandomGrad(input);
  ExpectSlotsOfTheCpu(input, {grad.image, {}, {}}, "image");
  ExpectSlotsOfTheCpu(input, {grad.image, grad.alpha, {}}, "image and alpha");
  ExpectSlotsOfTheCpu(input, {grad.image, {}, grad.depth}, "image and depth");
}

}  // namespace
}  // namespace splat::kernels
