#include "apps/cli/option_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"

namespace splat::apps {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Settings {
  int steps = 0;
  uint64_t seed = 42;
  double memory = 2;
  bool align = true, fast = false;
  std::string device = "auto", output, model;
  Rgb background = {0, 0, 0};
  std::optional<int64_t> limit;
  std::vector<std::string> files;
};

std::vector<Option> OptionsOf(Settings& settings) {
  return {
      Option("steps", settings.steps, "Steps").Between(0, 100).LeastStandsFor("many").Flag("-n,--steps N", "A"),
      Option("seed", settings.seed, "Seed").AtLeast(0).Flag("--seed N", "A"),
      Option("memory", settings.memory, "Memory").Between(0, 10).Flag("--memory GB", "B"),
      Option("align", settings.align, "Do not align").Flag("--no-align", "B"),
      Option("fast", settings.fast, "Be fast").Flag("--fast", "B"),
      Option("device", settings.device, "Device").OneOf({"auto", "cpu"}).Flag("--device NAME", "B"),
      Option("output", settings.output, "Folder").LeastStandsFor("a name").Flag("--output DIR", "A"),
      Option("model", settings.model, "Folder").Flag("--model DIR", "A"),
      Option("background", settings.background, "Colour").Flag("--background COLOR", "A"),
      Option("limit", settings.limit, "Limit").AtLeast(1).Flag("--limit N", "A"),
      Option("files", settings.files, "Files").Flag("--file FILE", "A"),
      Option("hidden", settings.memory, "Without a flag"),
  };
}

// Parses the arguments into the settings. Throws what CLI11 and Assign throw.
void Parse(Settings& settings, std::vector<std::string> arguments) {
  CLI::App app("Test", "test");
  const OptionFlags flags(app, OptionsOf(settings), {"A", "B"});
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  app.parse(arguments);
  flags.Assign();
}

std::string ErrorOf(const std::vector<std::string>& arguments) {
  Settings settings;
  try {
    Parse(settings, arguments);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(OptionFlagsTest, PutsWhatIsGivenIntoTheFieldsAndLeavesTheRest) {
  Settings settings;
  Parse(settings, {"-n", "7", "--no-align", "--fast", "--background", "#ff0000", "--limit", "5000000000", "--file", "a",
                   "--file", "b", "--seed", "18446744073709551615"});
  EXPECT_EQ(settings.steps, 7);
  EXPECT_EQ(settings.seed, 18446744073709551615u);
  EXPECT_FALSE(settings.align);
  EXPECT_TRUE(settings.fast);
  EXPECT_THAT(settings.background, ElementsAre(1, 0, 0));
  EXPECT_EQ(settings.limit, 5000000000);
  EXPECT_THAT(settings.files, ElementsAre("a", "b"));
  EXPECT_EQ(settings.memory, 2);
  EXPECT_EQ(settings.device, "auto");
  Settings untouched;
  Parse(untouched, {});
  EXPECT_TRUE(untouched.align);
  EXPECT_FALSE(untouched.limit);
  EXPECT_THAT(untouched.files, IsEmpty());
}

TEST(OptionFlagsTest, QuotesWhatIsNotAllowedAndSaysWhatIs) {
  EXPECT_THAT(ErrorOf({"--steps", "101"}), HasSubstr("'101' is not allowed; use a whole number from 1 to 100"));
  EXPECT_THAT(ErrorOf({"--steps", "1.5"}), HasSubstr("'1.5'"));
  EXPECT_THAT(ErrorOf({"--steps", "0"}), HasSubstr("from 1")) << "stands for what is chosen, so it is not given";
  EXPECT_THAT(ErrorOf({"--output", ""}), HasSubstr("--output"));
  EXPECT_THAT(ErrorOf({"--model", ""}),
              HasSubstr("--model: '' is not allowed; use a value that is not empty, or leave"));
  EXPECT_THAT(ErrorOf({"--memory", "-1"}), HasSubstr("use a number between 0 and 10"));
  EXPECT_THAT(ErrorOf({"--memory", "nan"}), HasSubstr("'nan'"));
  EXPECT_EQ(ErrorOf({"--memory", "0"}), "");
  EXPECT_THAT(ErrorOf({"--device", "gpu"}), HasSubstr("use one of auto, cpu"));
  EXPECT_THAT(ErrorOf({"--background", "mud"}), HasSubstr("#rrggbb"));
  EXPECT_THAT(ErrorOf({"--limit", "0"}), HasSubstr("from 1"));
  EXPECT_THAT(ErrorOf({"--file", "a", "b"}), HasSubstr("b")) << "one value a flag";
}

TEST(OptionFlagsTest, ABackgroundThatIsAutoIsBlackWhereItAlwaysHasAValue) {
  Settings settings;
  settings.background = {1, 1, 1};
  Parse(settings, {"--background", "auto"});
  EXPECT_THAT(settings.background, ElementsAre(0, 0, 0));
  EXPECT_THAT(ErrorOf({"--background", "mud"}), HasSubstr("or auto"));
  std::optional<Rgb> left_out;
  const Option of_a_scene = Option("background", left_out, "Colour").Flag("--background COLOR", "A");
  EXPECT_THAT(TextProblem(of_a_scene, "auto"), HasSubstr("#rrggbb"));
  EXPECT_EQ(TextProblem(of_a_scene, "white"), "");
}

TEST(OptionFlagsTest, GivesTheTextOfAnOption) {
  Settings settings;
  CLI::App app("Test", "test");
  const OptionFlags flags(app, OptionsOf(settings), {"A", "B"});
  app.parse(std::vector<std::string>{"auto", "--background"});
  EXPECT_EQ(flags.TextOf("background"), "auto");
  EXPECT_EQ(flags.TextOf("device"), "");
}

TEST(OptionFlagsTest, HelpNamesEachFlagWithItsDefault) {
  Settings settings;
  CLI::App app("Test", "test");
  const OptionFlags flags(app, OptionsOf(settings), {"B", "A"});
  const CLI::Option* steps = app.get_option("--steps");
  EXPECT_EQ(steps->get_default_str(), "many");
  EXPECT_EQ(app.get_option("--memory")->get_default_str(), "2");
  EXPECT_EQ(app.get_option("--background")->get_default_str(), "black");
  EXPECT_EQ(app.get_option("--fast")->get_default_str(), "");
  EXPECT_EQ(app.get_option_no_throw("--hidden"), nullptr);
}

TEST(OptionFlagsTest, AHeadingThatIsNotShownIsAMistake) {
  Settings settings;
  CLI::App app("Test", "test");
  EXPECT_THROW(OptionFlags(app, OptionsOf(settings), {"A"}), Error);
}

TEST(SettingsHelpTest, SaysNameValueBoundsAndMeaningOrTheFlag) {
  Settings settings;
  const std::string help = SettingsHelp(OptionsOf(settings));
  EXPECT_THAT(help, HasSubstr("  steps: --steps\n"));
  EXPECT_THAT(help, HasSubstr("  hidden = 2: Without a flag\n"));
}

}  // namespace
}  // namespace splat::apps
