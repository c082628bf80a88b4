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

TEST(JsonNotFinite, NumbersTooLargeForADoubleBecomeTexts) {
  EXPECT_EQ(WithTextsForNotFinite("[1e999, -2.5E+400,3]"), "[\"\"   , \"\"       ,3]");
  EXPECT_EQ(WithTextsForNotFinite("[" + std::string(400, '9') + "]"), "[\"\"" + std::string(398, ' ') + "]");
  const std::string held = R"([1e308, -1e-999, 12e3, 1e, "1e999", -, 0.5])";
  EXPECT_EQ(WithTextsForNotFinite(held), held);
}

}  // namespace
}  // namespace splat
