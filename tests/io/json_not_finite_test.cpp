#include "io/json_not_finite.h"

#include <gtest/gtest.h>

namespace splat {
namespace {

TEST(JsonNotFinite, PutsTextsOfTheSameLengthInTheirPlace) {
  EXPECT_EQ(WithTextsForNotFinite("[NaN, -Infinity,Infinity]"), "[\"\" , \"\"       ,\"\"      ]");
}

TEST(JsonNotFinite, LeavesTextsAlone) {
  const std::string texts = R"({"NaN": "Infinity", "a\"NaN": "\\", "b": [1, -2]})";
  EXPECT_EQ(WithTextsForNotFinite(texts), texts);
  EXPECT_EQ(WithTextsForNotFinite(R"(["\\", NaN])"), R"(["\\", "" ])");
  EXPECT_EQ(WithTextsForNotFinite(""), "");
  EXPECT_EQ(WithTextsForNotFinite(R"("a\)"), R"("a\)");
}

}  // namespace
}  // namespace splat
