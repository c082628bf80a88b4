#include "core/format.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(NamesInBrief, ShowsTheFirstFiveAndHowManyThereAre) {
  EXPECT_EQ(NamesInBrief({}), "");
  EXPECT_EQ(NamesInBrief({"a", "b", "c", "d", "e"}), "a, b, c, d, e");
  EXPECT_EQ(NamesInBrief({"a", "b", "c", "d", "e", "f", "g"}), "a, b, c, d, e, ... (7 in all)");
  EXPECT_EQ(NamesInBrief({std::string(1000, 'x')}).size(), 200u);
}

}  // namespace
}  // namespace splat
