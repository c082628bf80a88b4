#include "apps/cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/cli/option_flags.h"
#include "tests/support/error_message.h"

namespace splat::apps {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Parses "program ARGUMENTS" with the options --images DIR (required), -n,--steps N, --file FILE (any number) and
// --quiet.
std::string ErrorOf(std::vector<std::string> arguments) {
  std::string images;
  int steps = 0;
  bool quiet = false;
  std::vector<std::string> files;
  CLI::App app("Test", "program");
  const OptionFlags flags(
      app,
      {Option("images", images, "Folder").Flag("--images DIR", "A").Required(),
       Option("steps", steps, "Steps").Between(0, 100).Flag("-n,--steps N", "A"),
       Option("file", files, "Files").Flag("--file FILE", "A"), Option("quiet", quiet, "Quiet").Flag("--quiet", "A")},
      {"A"});
  arguments.insert(arguments.begin(), "program");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return ErrorMessageOf([&] { ParseCommandLine(app, int(argv.size()), argv.data()); });
}

TEST(ParseCommandLine, AnOptionThatIsGivenTwiceIsNamedAsThat) {
  EXPECT_EQ(ErrorOf({"--images", "a", "--images", "b"}),
            "--images is given twice; give it once (program --help lists the options)");
  EXPECT_THAT(ErrorOf({"--images", "a", "-n", "1", "--steps", "2", "-n", "3"}), StartsWith("--steps is given 3 times"));
  EXPECT_EQ(ErrorOf({"--images", "a", "--file", "x", "--file", "y", "--quiet", "--quiet"}), "");
}

TEST(ParseCommandLine, SaysWhichOptionNeedsAValueAndWhichTakesNone) {
  EXPECT_THAT(ErrorOf({"--images", "a", "--steps"}), StartsWith("--steps needs a value, N ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "--file"}), StartsWith("--file needs a value, FILE ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "--quiet=false"}), StartsWith("--quiet takes no value ("));
}

TEST(ParseCommandLine, AMisspeltOptionIsNamedBesideTheOneThatIsMissing) {
  EXPECT_THAT(ErrorOf({"--imagse", "a"}),
              StartsWith("--images is required; not expected: --imagse; did you mean --images? ("));
  EXPECT_THAT(ErrorOf({}), StartsWith("--images is required ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "b"}), HasSubstr("not expected: b"));
}

TEST(ParseCommandLine, AnUnknownOptionIsNamedWithTheOneThatIsNear) {
  EXPECT_THAT(ErrorOf({"--images", "a", "--stesp", "3"}), StartsWith("not expected: --stesp; did you mean --steps? ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "--step=3"}), StartsWith("not expected: --step=3; did you mean --steps? ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "--qui"}), StartsWith("not expected: --qui; did you mean --quiet? ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "--lantern"}), StartsWith("not expected: --lantern ("));
  EXPECT_THAT(ErrorOf({"--images", "a", "surplus"}), StartsWith("not expected: surplus ("));
}

}  // namespace
}  // namespace splat::apps
