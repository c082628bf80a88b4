// Which source of a setting wins: one test for each pair of sources, and for the settings that a strategy brings.
#include "train/settings/config_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/error_message.h"

namespace splat::train {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ConfigLayer Preset(const std::string& name) {
  std::ifstream in(SPLAT_SOURCE_DIR "/configs/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return LayerOfFile(text.str(), name);
}

ConfigLayer File(const std::string& json, const std::string& name = "a.json") {
  return LayerOfFile(json, name);
}

ConfigLayer Set(const std::string& assignment) {
  return LayerOfAssignment(assignment, "--set");
}

// As the flag --strategy is handed in.
ConfigLayer Strategy(const std::string& name) {
  ConfigLayer layer;
  layer.name = "--strategy";
  layer.values.density.strategy = name;
  layer.given = {"density.strategy"};
  return layer;
}

// The strategy with what it wants, as it is without any other source.
void ExpectJust(const std::string& strategy, const std::vector<ConfigLayer>& layers) {
  EXPECT_EQ(ConfigToJson(Assemble(layers).config), ConfigToJson(WithStrategy({}, strategy)));
}

TEST(ConfigLayersTest, AStrategyBringsItsSettingsWhoeverNamesIt) {
  ExpectJust("adaptive", {});
  ExpectJust("mcmc", {Strategy("mcmc")});
  ExpectJust("mcmc", {Set("density.strategy=mcmc")});
  ExpectJust("mcmc", {File(R"({"density": {"strategy": "mcmc"}})")});
  ExpectJust("mcmc", {Preset("mcmc.json")});
  ExpectJust("mcmc", {File(R"({"density": {"strategy": "mcmc"}})"), Preset("mcmc.json"), Strategy("mcmc")});
}

TEST(ConfigLayersTest, SettingsOfAFileForAnotherStrategyGiveWay) {
  ExpectJust("mcmc", {Preset("default.json"), Strategy("mcmc")});
  ExpectJust("mcmc", {Preset("default.json"), Set("density.strategy=mcmc")});
  ExpectJust("mcmc", {Preset("default.json"), File(R"({"density": {"strategy": "mcmc"}})")});
  ExpectJust("mcmc", {Preset("default.json"), Preset("mcmc.json")});
  ExpectJust("adaptive", {Preset("mcmc.json"), Strategy("adaptive")});
  ExpectJust("adaptive", {Preset("mcmc.json"), Set("density.strategy=adaptive")});
  ExpectJust("adaptive", {Preset("mcmc.json"), Preset("default.json")});
  const ConfigLayer earlier_run = File(ConfigToJson(WithStrategy({}, "mcmc")));
  ExpectJust("adaptive", {earlier_run, Strategy("adaptive")});
  ExpectJust("mcmc", {earlier_run});
}

TEST(ConfigLayersTest, WhatAFileOrOptionSetsIsKeptWhereverTheStrategyIsNamed) {
  const auto expect = [](double weight, const std::vector<ConfigLayer>& layers) {
    const TrainConfig config = Assemble(layers).config;
    EXPECT_EQ(config.density.strategy, "mcmc");
    EXPECT_EQ(config.loss.opacity_weight, weight);
    EXPECT_EQ(config.density.refine_until, 25000) << "the strategy's other settings stay";
  };
  const ConfigLayer zero = File(R"({"loss": {"opacity_weight": 0}})");  // a value that is the default is set, too
  expect(0, {zero, Strategy("mcmc")});
  expect(0, {zero, Preset("default.json"), Strategy("mcmc")});
  expect(0, {Preset("default.json"), zero, Strategy("mcmc")});
  expect(0, {zero, Set("density.strategy=mcmc")});
  expect(0, {Set("density.strategy=mcmc"), Set("loss.opacity_weight=0")});
  expect(0, {Set("loss.opacity_weight=0"), Set("density.strategy=mcmc")});
  expect(0, {Preset("mcmc.json"), Set("loss.opacity_weight=0")});
  expect(0, {File(R"({"density": {"strategy": "mcmc"}, "loss": {"opacity_weight": 0}})")});
  expect(0.5, {File(R"({"density": {"strategy": "adaptive"}, "loss": {"opacity_weight": 0.5}})"), Strategy("mcmc")});
}

TEST(ConfigLayersTest, TheLaterOfTwoSourcesWins) {
  const ConfigLayer seven = File(R"({"seed": 7, "threads": 2})", "seven.json"), eight = File(R"({"seed": 8})");
  EXPECT_EQ(Assemble({seven, eight}).config.seed, 8u);
  EXPECT_EQ(Assemble({eight, seven}).config.seed, 7u);
  EXPECT_EQ(Assemble({seven, eight}).config.threads, 2);
  EXPECT_EQ(Assemble({seven, Set("seed=9"), Set("seed=10")}).config.seed, 10u);
  EXPECT_EQ(Assemble({Preset("fast.json"), Preset("smoke.json")}).config.iterations, 200);
  EXPECT_EQ(Assemble({Preset("smoke.json"), Preset("fast.json")}).config.iterations, 500);
}

TEST(ConfigLayersTest, FlagsGoBeforeAssignmentsAndTheseBeforeFiles) {
  const ConfigSources all = {{File(R"({"seed": 7})")}, {Set("seed=8")}, {Set("seed=9")}};
  EXPECT_EQ(Assemble(InOrder(all)).config.seed, 9u);
  EXPECT_EQ(Assemble(InOrder({all.files, all.assignments, {}})).config.seed, 8u);
  EXPECT_EQ(Assemble(InOrder({all.files, {}, {}})).config.seed, 7u);
}

TEST(ConfigLayersTest, OneLineSaysWhoWonWhereSourcesDiffer) {
  EXPECT_EQ(Assemble({}).disagreements, "");
  EXPECT_EQ(Assemble({Strategy("mcmc")}).disagreements, "");
  EXPECT_EQ(Assemble({Preset("mcmc.json"), Strategy("mcmc"), Set("seed=3")}).disagreements, "");
  EXPECT_EQ(Assemble({File(R"({"seed": 7})"), File(R"({"seed": 8})", "b.json"), Set("seed=9")}).disagreements,
            "seed = 9 of --set goes before 7 of a.json and 8 of b.json");
  EXPECT_EQ(Assemble({Set("loss.opacity_weight=0"), Strategy("mcmc")}).disagreements,
            "loss.opacity_weight = 0 of --set goes before 0.01 of the strategy mcmc");
  const std::string replaced = Assemble({Preset("default.json"), Strategy("mcmc")}).disagreements;
  EXPECT_THAT(replaced,
              AllOf(HasSubstr("density.strategy = mcmc of --strategy goes before adaptive of default.json"),
                    HasSubstr("loss.opacity_weight = 0.01 of the strategy mcmc goes before 0 of default.json"),
                    HasSubstr("density.refine_until = 25000 of the strategy mcmc goes before 15000 of default.json"),
                    Not(HasSubstr("\n")), Not(HasSubstr("seed"))));
  EXPECT_THAT(Assemble({Preset("mcmc.json"), Strategy("adaptive")}).disagreements,
              HasSubstr("loss.opacity_weight = 0 of the strategy adaptive goes before 0.01 of mcmc.json"));
}

TEST(ConfigLayersTest, BoundsBetweenOptionsAreForAllLayersTogether) {
  const ConfigLayer late = File(R"({"density": {"refine_from": 20000}})");
  EXPECT_EQ(ConfigViolations(Assemble({late, Set("density.refine_until=24000")}).config).size(), 0u);
  EXPECT_EQ(ConfigViolations(Assemble({late, Strategy("mcmc")}).config).size(), 0u);
  EXPECT_EQ(ConfigViolations(Assemble({late}).config).size(), 1u);
}

TEST(ConfigLayersTest, AFileIsRefusedWithAllItsProblems) {
  EXPECT_THAT(ErrorMessageOf([] { File(R"({"seed": -1, "sed": 2, "density": {"strategy": "none"}})"); }),
              AllOf(HasSubstr("a.json: "), HasSubstr("seed = -1"), HasSubstr("sed: unknown option"),
                    HasSubstr("must be one of adaptive, mcmc")));
}

}  // namespace
}  // namespace splat::train
