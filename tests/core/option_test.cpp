#include "core/option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace splat {
namespace {

using ::testing::ElementsAre;

struct Settings {
  int count = 3;
  double rate = 0.25;
  bool fast = false;
  std::string device = "auto";
  Rgb background = {0, 0, 0};
  std::optional<int> limit;
};

TEST(OptionTest, IsBoundToItsField) {
  Settings settings;
  const Option option("rate", settings.rate, "A rate");
  settings.rate = 0.5;
  EXPECT_EQ(ValueText(option), "0.5");
}

TEST(OptionTest, ValuesArePrintedForPeople) {
  Settings settings;
  EXPECT_EQ(ValueText(Option("fast", settings.fast, "")), "false");
  EXPECT_EQ(ValueText(Option("device", settings.device, "")), "auto");
  EXPECT_EQ(ValueText(Option("background", settings.background, "")), "black");
  settings.background = {0.5, 0, 1};
  EXPECT_EQ(ValueText(Option("background", settings.background, "")), "0.5,0,1");
  EXPECT_EQ(ValueText(Option("limit", settings.limit, "")), "");
  settings.limit = 7;
  EXPECT_EQ(ValueText(Option("limit", settings.limit, "")), "7");
}

TEST(OptionTest, SaysWhatAValueShouldBe) {
  Settings settings;
  EXPECT_EQ(Violation(Option("count", settings.count, "").AtLeast(3)), "");
  EXPECT_EQ(Violation(Option("count", settings.count, "").AtLeast(4)), "at least 4");
  EXPECT_EQ(Violation(Option("count", settings.count, "").Above(3)), "above 3");
  EXPECT_EQ(Violation(Option("count", settings.count, "").FromBelow(0, 3)), "at least 0 and below 3");
  EXPECT_EQ(Violation(Option("count", settings.count, "").Between(0, 2)), "between 0 and 2");
  EXPECT_EQ(Violation(Option("count", settings.count, "").AtLeast(1e7)), "at least 10000000");
  EXPECT_EQ(Violation(Option("device", settings.device, "").OneOf({"cpu", "cuda"})), "one of cpu, cuda");
  EXPECT_EQ(Violation(Option("limit", settings.limit, "").AtLeast(1)), "") << "not given";
  settings.limit = 0;
  EXPECT_EQ(Violation(Option("limit", settings.limit, "").AtLeast(1)), "at least 1");
  settings.background[1] = 2;
  EXPECT_EQ(Violation(Option("background", settings.background, "").Between(0, 1)), "between 0 and 1");
  settings.rate = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Violation(Option("rate", settings.rate, "").AtLeast(0)), "at least 0");
}

TEST(OptionTest, AFlagIsNamesAndAValue) {
  Settings settings;
  const Option option = Option("count", settings.count, "").Flag("-n,--count N", "Group");
  EXPECT_EQ(option.flag.names, "-n,--count");
  EXPECT_EQ(option.flag.value_name, "N");
  EXPECT_EQ(LongFlag(option), "--count");
  EXPECT_EQ(LongFlag(Option("in", settings.device, "").Flag("in IN", "Group")), "");
  EXPECT_EQ(Option("fast", settings.fast, "").Flag("--fast", "Group").flag.value_name, "");
}

TEST(OptionTest, TablesAreJoinedUnderAPrefix) {
  Settings settings;
  std::vector<Option> options = {Option("count", settings.count, "")};
  Append(options, {Option("rate", settings.rate, ""), Option("fast", settings.fast, "")}, "speed.");
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(option.name);
  EXPECT_THAT(names, ElementsAre("count", "speed.rate", "speed.fast"));
}

}  // namespace
}  // namespace splat
