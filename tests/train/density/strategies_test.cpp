#include "train/density/strategies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/check.h"
#include "train/density/strategy.h"
#include "train/schedule.h"
#include "train/settings/config.h"

namespace splat::train {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(StrategiesTest, EveryRowIsWhole) {
  std::set<std::string> names;
  for (const StrategyKind& kind : Strategies()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_EQ(&StrategyNamed(kind.name), &kind);
    EXPECT_NE(kind.source, "") << kind.name;
    EXPECT_NE(kind.description, "") << kind.name;
    EXPECT_GT(kind.wanted_densifications, 1) << kind.name;
    DensityConfig config;
    EXPECT_NE(kind.make(config, DensitySchedule(config, 1000, kind.wanted_densifications), {100, 100}), nullptr);
  }
  EXPECT_EQ(names.count(DensityConfig().strategy), 1u) << "the default is one of them";
}

TEST(StrategiesTest, APresetChangesWhatItNamesAndBreaksNoBound) {
  for (const StrategyKind& kind : Strategies()) {
    const TrainConfig config = WithStrategy({}, kind.name);
    EXPECT_EQ(config.density.strategy, kind.name);
    EXPECT_THAT(ConfigViolations(config), IsEmpty()) << kind.name;
    for (const std::string& assignment : kind.preset) {
      EXPECT_NE(ConfigToJson(ApplyAssignment({}, assignment)), ConfigToJson({})) << assignment;
      EXPECT_EQ(ConfigToJson(ApplyAssignment(config, assignment)), ConfigToJson(config)) << assignment;
    }
  }
}

TEST(StrategiesTest, SettingsOfAStrategyAreInItsGroup) {
  DensityConfig config;
  size_t own = 0, grouped = 0;
  for (const StrategyKind& kind : Strategies()) {
    own += kind.options(config).size();
    for (const Option& option : OptionsOf(config)) grouped += option.name.rfind(kind.name + ".", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(own, grouped);
  EXPECT_GT(own, 0u);
}

TEST(StrategiesTest, AnUnknownNameIsRefusedWithTheNames) {
  try {
    StrategyNamed("adc");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith("'adc' is no strategy; use one of adaptive, mcmc"));
  }
}

}  // namespace
}  // namespace splat::train
