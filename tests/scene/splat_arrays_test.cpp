#include "scene/splat_arrays.h"

#include <gtest/gtest.h>

#include <string>

namespace splat {
namespace {

using Names = SplatArraysOf<std::string>;

// That the list, the enumeration and the members have one order.
TEST(SplatArrays, HaveTheirPlacesAndNamesInOneOrder) {
  Names names;
  for (int array = 0; array < kSplatArrays; ++array) names[array] = kSplatArrayList[array].name;
  EXPECT_EQ(names.means, "means");
  EXPECT_EQ(names.log_scales, "log_scales");
  EXPECT_EQ(names.quats, "quats");
  EXPECT_EQ(names.opacity_logits, "opacity_logits");
  EXPECT_EQ(names.sh_dc, "sh_dc");
  EXPECT_EQ(names.sh_rest, "sh_rest");
  EXPECT_EQ(&names[kOpacityLogits], &names.opacity_logits);
  const Names braced = {"means", "log_scales", "quats", "opacity_logits", "sh_dc", "sh_rest"};
  for (int array = 0; array < kSplatArrays; ++array) EXPECT_EQ(braced[array], names[array]);
}

TEST(SplatArrays, TakeAsManyNumbersAsTheStoredDegreeAsksFor) {
  EXPECT_EQ(NumbersPerSplat(0), 14);
  EXPECT_EQ(NumbersPerSplat(3), 14 + 9);
  EXPECT_EQ(NumbersPerSplat(8), 14 + 24);
  EXPECT_EQ(kMostNumbersPerSplat, 14 + 45);
  EXPECT_EQ(WidthOf(kQuats, 8), 4);
  EXPECT_EQ(WidthOf(kShRest, 0), 0);
  EXPECT_EQ(WidthOf(kShRest, 8), 24);
}

TEST(SplatArrays, LieOneAfterTheOtherInOnePiece) {
  int numbers[2 * NumbersPerSplat(3)] = {};
  const SplatArraysOf<int*> arrays = SplatArraysIn(numbers, 2, 3);
  EXPECT_EQ(arrays.means - numbers, 0);
  EXPECT_EQ(arrays.quats - numbers, 12);
  EXPECT_EQ(arrays.sh_dc - numbers, 22);
  EXPECT_EQ(arrays.sh_rest + 2 * WidthOf(kShRest, 3), numbers + 2 * NumbersPerSplat(3));
}

}  // namespace
}  // namespace splat
