#include "train/settings/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/check.h"
#include "train/settings/config_layers.h"

namespace splat::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path ConfigFolder() {
  return std::filesystem::path(SPLAT_SOURCE_DIR) / "configs";
}

// The message of the splat::Error that `call` throws; empty if it throws none.
template <typename Call>
std::string ErrorOf(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// What a file of settings alone makes of the defaults.
TrainConfig ConfigOf(const std::string& json) {
  return Assemble({LayerOfFile(json, "a.json")}).config;
}

std::string ParseError(const std::string& json) {
  return ErrorOf([&] { LayerOfFile(json, "a.json"); });
}

std::string AssignError(const std::string& assignment) {
  return ErrorOf([&] { ApplyAssignment({}, assignment); });
}

TEST(ConfigFile, KeepsWhatIsNotMentioned) {
  const TrainConfig config = ConfigOf(
      R"({"iterations": 900, "device": "cpu", "background": [1, 0.5, 0], "density": {"adaptive": {"grad_threshold": 1e-3}}})");
  EXPECT_EQ(config.iterations, 900);
  EXPECT_EQ(config.device, "cpu");
  EXPECT_THAT(config.background, ElementsAre(1, 0.5, 0));
  EXPECT_EQ(config.density.adaptive.grad_threshold, 1e-3);
  TrainConfig rest = config;
  rest.iterations = 0;
  rest.device = "auto";
  rest.background = {0, 0, 0};
  rest.density.adaptive.grad_threshold = AdaptiveConfig().grad_threshold;
  EXPECT_EQ(ConfigToJson(rest), ConfigToJson({}));
}

TEST(ConfigFile, ReportsEveryProblemAtOnceAsOptionValueAndBound) {
  const std::string message = ParseError(
      R"({"iterations": -1, "density": {"refine_every": 0, "refine_evry": 5, "adaptive": {"absolute_gradient": 1}},
          "loss": {"ssim_weight": 1.5}, "device": "tpu", "optimizer": 3, "seed": 1.5, "background": [0, 0, 2]})");
  EXPECT_THAT(message, HasSubstr("a.json: "));
  EXPECT_THAT(message, HasSubstr("iterations = -1: must be between 0 and 10000000"));
  EXPECT_THAT(message, HasSubstr("density.refine_every = 0: must be at least 1"));
  EXPECT_THAT(message, HasSubstr("density.refine_evry: unknown option; the nearest is density.refine_every"));
  EXPECT_THAT(message, HasSubstr("density.adaptive.absolute_gradient = 1: must be true or false"));
  EXPECT_THAT(message, HasSubstr("loss.ssim_weight = 1.5: must be between 0 and 1"));
  EXPECT_THAT(message, HasSubstr("device = \"tpu\": must be one of auto, cpu, cuda"));
  EXPECT_THAT(message, HasSubstr("optimizer = 3: must be an object of options"));
  EXPECT_THAT(message, HasSubstr("seed = 1.5: must be a whole number"));
  EXPECT_THAT(message, HasSubstr("background = [0.0,0.0,2.0]: must be between 0 and 1"));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
}

TEST(ConfigFile, RefusesWrongTypes) {
  EXPECT_THAT(ParseError(R"({"iterations": "many"})"), HasSubstr("iterations = \"many\": must be a whole number"));
  EXPECT_THAT(ParseError(R"({"iterations": 3000000000})"), HasSubstr("must be between -2147483648 and 2147483647"));
  EXPECT_THAT(ParseError(R"({"seed": -1})"), HasSubstr("seed = -1: must be between 0 and"));
  EXPECT_THAT(ParseError(R"({"density": {"max_gaussians": 18446744073709551615}})"), HasSubstr("must be between"));
  EXPECT_THAT(ParseError(R"({"optimizer": {"means_lr": null}})"), HasSubstr("means_lr = null: must be a number"));
  EXPECT_THAT(ParseError(R"({"background": [1, 1]})"), HasSubstr("must be three numbers"));
  EXPECT_THAT(ParseError(R"({"device": 1})"), HasSubstr("device = 1: must be text"));
  EXPECT_THAT(ParseError(R"({"seed": {"a": 1}})"), HasSubstr("must be a whole number"));
}

TEST(ConfigFile, NamesTheNearestKnownOption) {
  EXPECT_THAT(ParseError(R"({"iteration": 5})"), HasSubstr("iteration: unknown option; the nearest is iterations"));
  EXPECT_THAT(ParseError(R"({"refine_every": 5})"), HasSubstr("the nearest is density.refine_every"));
  EXPECT_THAT(ParseError(R"({"densty": {}})"), HasSubstr("densty: unknown option; the nearest is density"));
  EXPECT_THAT(ParseError(R"({"loss": {"sh_dc_lr": 1}})"), HasSubstr("the nearest is optimizer.sh_dc_lr"));
  EXPECT_THAT(ParseError(R"({"density": {"mcm": {}}})"), HasSubstr("the nearest is density.mcmc"));
}

TEST(ConfigFile, SaysWhereAnOptionHasMoved) {
  EXPECT_EQ(ParseError(R"({"density": {"growth": 0.1}})"), "a.json: density.growth is now density.mcmc.growth");
  EXPECT_EQ(AssignError("density.grad_threshold=1e-3"),
            "density.grad_threshold is now density.adaptive.grad_threshold");
}

TEST(ConfigFile, SaysWhereTheJsonBreaks) {
  EXPECT_THAT(ParseError("{\n  \"seed\": 1,\n  \"threads\" 2\n}"), HasSubstr("a.json: line 3, column"));
  EXPECT_THAT(ParseError(""), HasSubstr("a.json: line 1, column 1: is not valid JSON here"));
  EXPECT_THAT(ParseError("[1, 2]"), HasSubstr("a.json: must be a JSON object"));
  EXPECT_THAT(ParseError(R"({"seed": 1, "seed": 2})"), HasSubstr("a.json: option \"seed\" is given twice"));
  EXPECT_THAT(ParseError(R"({"cache_gigabytes": 1e999})"), HasSubstr("a.json: "));
  EXPECT_THAT(ParseError("{} trailing"), HasSubstr("not valid JSON"));
  EXPECT_THAT(ParseError("{\"device\": \"\xff\"}"), HasSubstr("not valid JSON"));
}

TEST(ApplyAssignmentTest, SetsOneOption) {
  EXPECT_EQ(ApplyAssignment({}, "density.adaptive.grad_threshold=3e-4").density.adaptive.grad_threshold, 3e-4);
  EXPECT_EQ(ApplyAssignment({}, "iterations=12").iterations, 12);
  EXPECT_EQ(ApplyAssignment({}, "device=cpu").device, "cpu");
  EXPECT_EQ(ApplyAssignment({}, "device=\"cpu\"").device, "cpu");
  EXPECT_THAT(ApplyAssignment({}, "background=[1, 1, 0.5]").background, ElementsAre(1, 1, 0.5));
  EXPECT_EQ(ApplyAssignment({}, "seed=18446744073709551615").seed, 18446744073709551615u);
}

TEST(ApplyAssignmentTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(AssignError("refine_every=5"),
              HasSubstr("refine_every: unknown option; the nearest is density.refine_every"));
  EXPECT_THAT(AssignError("seed"), HasSubstr("must be an option, an equals sign and a value"));
  EXPECT_THAT(AssignError("=5"), HasSubstr("must be an option"));
  EXPECT_THAT(AssignError("seed="), HasSubstr("seed = \"\": must be a whole number"));
  EXPECT_THAT(AssignError("threads=two"), HasSubstr("threads = \"two\": must be a whole number"));
  EXPECT_THAT(AssignError("loss.ssim_weight=nan"), HasSubstr("must be a number"));
  EXPECT_THAT(AssignError("optimizer.beta1=1"), HasSubstr("optimizer.beta1 = 1.0: must be at least 0 and below 1"));
  EXPECT_THAT(AssignError("init.scale=1e999"), HasSubstr("init.scale"));
  EXPECT_THAT(AssignError("density={\"refine_every\": 50}"),
              HasSubstr("density: is a group of options; name one of them, such as density."));
}

TEST(ConfigViolationsTest, BoundsBetweenOptionsAreLeftToTheEnd) {
  TrainConfig config = ApplyAssignment({}, "density.refine_until=100");
  EXPECT_THAT(ConfigViolations(config),
              ElementsAre("density.refine_until = 100: must be at least density.refine_from (500)"));
  config = ApplyAssignment(config, "density.refine_from=50");
  EXPECT_THAT(ConfigViolations(config), IsEmpty());
  config.density.adaptive.reset_opacity = 0.001;
  EXPECT_THAT(ConfigViolations(config),
              ElementsAre("density.adaptive.reset_opacity = 0.001: must be above density.prune_opacity (0.005)"));
}

TEST(ConfigViolationsTest, NotANumberBreaksEveryBound) {
  TrainConfig config;
  config.init.scale = std::numeric_limits<double>::quiet_NaN();
  config.loss.ssim_weight = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(ConfigViolations(config), ElementsAre(HasSubstr("loss.ssim_weight"), HasSubstr("init.scale")));
}

TEST(ConfigToJsonTest, ParsesBackToTheSameConfig) {
  TrainConfig config;
  config.iterations = 1234;
  config.seed = 1ull << 63;
  config.device = "cpu";
  config.background = {0.1, 1.0 / 3, 1};
  config.optimizer.means_lr_final = 1.0 / 7e5;
  config.density.max_gaussians = 50000000;
  config.init.sh_degree = 1;
  const TrainConfig back = ConfigOf(ConfigToJson(config));
  EXPECT_EQ(ConfigToJson(back), ConfigToJson(config));
  EXPECT_EQ(back.background, config.background);
  EXPECT_EQ(back.optimizer.means_lr_final, config.optimizer.means_lr_final);
  EXPECT_EQ(back.density.max_gaussians, config.density.max_gaussians);
  EXPECT_EQ(back.seed, config.seed);
}

// Every byte of the options' structs belongs to some option of the table: one that is forgotten there would be lost in
// a round trip. Groups of plain numbers are compared by size, the others by a sum over their members' sizes.
TEST(ConfigToJsonTest, HoldsEveryOption) {
  const nlohmann::json json = nlohmann::json::parse(ConfigToJson({}));
  EXPECT_EQ(json["optimizer"].size() * sizeof(double), sizeof(OptimizerConfig));
  EXPECT_EQ(json["loss"].size() * sizeof(double), sizeof(LossConfig));
  EXPECT_EQ(json["density"]["mcmc"].size() * sizeof(double), sizeof(McmcConfig));
  EXPECT_EQ(json["density"]["adaptive"].size(), 6u);
  EXPECT_EQ(json["init"].size(), 4u);
  EXPECT_EQ(json["color"].size(), 3u);
  EXPECT_EQ(json["poses"].size(), 6u);
  EXPECT_EQ(json.size(), 11u + 6u);
}

TEST(OptionsOfTest, EveryRowHasAHelpTextAndANameOfItsOwn) {
  TrainConfig config;
  std::set<std::string> names, flags;
  for (const Option& option : OptionsOf(config)) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_THAT(option.help, ::testing::MatchesRegex("[A-Zw].*[^.]")) << option.name;
    EXPECT_EQ(Violation(option), "") << option.name << ": the default breaks its own bounds";
    EXPECT_TRUE(option.flag.names.empty() || flags.insert(LongFlag(option)).second) << LongFlag(option);
  }
}

TEST(ConfigFilesTest, DefaultJsonIsTheDefaultsInTheCode) {
  EXPECT_EQ(ReadText(ConfigFolder() / "default.json"), ConfigToJson({}))
      << "configs/default.json must be the text that ConfigToJson gives for TrainConfig()";
}

TEST(ConfigFilesTest, McmcJsonIsWhatTheStrategyBringsWithIt) {
  EXPECT_EQ(ConfigToJson(ConfigOf(ReadText(ConfigFolder() / "mcmc.json"))), ConfigToJson(WithStrategy({}, "mcmc")));
  EXPECT_EQ(ConfigToJson(WithStrategy({}, "adaptive")), ConfigToJson({}));
  EXPECT_EQ(ErrorOf([] { WithStrategy({}, "adc"); }), "'adc' is no strategy; use one of adaptive, mcmc");
}

TEST(ConfigFilesTest, EveryFileParses) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ConfigFolder())) {
    EXPECT_EQ(entry.path().extension(), ".json");
    EXPECT_THAT(ConfigViolations(ConfigOf(ReadText(entry.path()))), IsEmpty()) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3);
}

TEST(ConfigFilesTest, QuickConfigsAreShorterThanTheDefaultRun) {
  const int fast = ConfigOf(ReadText(ConfigFolder() / "fast.json")).iterations;
  const int smoke = ConfigOf(ReadText(ConfigFolder() / "smoke.json")).iterations;
  EXPECT_GT(smoke, 0);
  EXPECT_LT(smoke, fast);
  EXPECT_LT(fast, 1000);
}

}  // namespace
}  // namespace splat::train
