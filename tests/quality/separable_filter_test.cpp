// A product of two kernels: inside of a plane, and up to edges that go on.
#include "quality/separable_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"

namespace splat::quality {
namespace {

using ::testing::ElementsAre;

ImageF Plane(int width, int height, const std::vector<float>& values) {
  ImageF plane(width, height, 1);
  plane.pixels = values;
  return plane;
}

TEST(SeparableFilterTest, WeighsEachPixelByBothKernels) {
  const ImageF plane = Plane(3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const ImageF filtered = FilteredInside(plane, {{1, 0, -1}, {1, 10, 100}});
  EXPECT_EQ(filtered.width, 1);
  EXPECT_EQ(filtered.height, 1);
  EXPECT_THAT(filtered.pixels, ElementsAre(-222));
}

TEST(SeparableFilterTest, InsideIsSmallerByTheKernel) {
  const ImageF filtered = FilteredInside(Plane(4, 2, {1, 2, 3, 4, 5, 6, 7, 8}), {{1, 1, 1}, {2}});
  EXPECT_EQ(filtered.width, 2);
  EXPECT_THAT(filtered.pixels, ElementsAre(12, 18, 36, 42));
}

TEST(SeparableFilterTest, EdgesGoOn) {
  const ImageF filtered = FilteredToEdges(Plane(3, 2, {1, 2, 3, 4, 5, 6}), {{1, 0, 0}, {0, 0, 1}});
  EXPECT_EQ(filtered.width, 3);
  EXPECT_THAT(filtered.pixels, ElementsAre(4, 4, 5, 4, 4, 5)) << "the pixel below and to the left";
}

TEST(SeparableFilterTest, RefusesAKernelThatDoesNotFit) {
  EXPECT_THROW(FilteredInside(Plane(2, 2, {1, 2, 3, 4}), {{1, 1, 1}, {1}}), Error);
}

}  // namespace
}  // namespace splat::quality
