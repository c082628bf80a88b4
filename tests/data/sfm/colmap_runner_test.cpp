#include "data/sfm/colmap_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "data/sfm/sfm.h"
#include "io/read_file.h"
#include "tests/support/colmap.h"
#include "tests/support/error_message.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeColmap;
using testing::FakeVersion;
using ::testing::HasSubstr;
using testing::TempDir;

TEST(ParseOptionNames, FindsNamesWithAndWithoutDefaultsAndNoneInProse) {
  const std::set<std::string> names = ParseOptionNames(
      "COLMAP 3.8\nOptions ... passed to `--project_path`.\n  -h [ --help ]\n  --random_seed arg (=0)\n"
      "  --match_type arg (=pairs)  {'pairs'}\n  --Mapper.init_min_tri_angle arg (=16)\n  a--b\n");
  EXPECT_THAT(names, ElementsAre("Mapper.init_min_tri_angle", "help", "match_type", "random_seed"));
}

TEST(SpellOption, TakesTheSpellingThatTheProgramHas) {
  const std::set<std::string> old_names = {"SiftExtraction.use_gpu", "SiftMatching.use_gpu", "Mapper.num_threads"};
  const std::set<std::string> new_names = {"FeatureExtraction.use_gpu", "FeatureMatching.use_gpu",
                                           "TwoViewGeometry.min_num_inliers", "SiftExtraction.max_num_features"};
  EXPECT_EQ(SpellOption(old_names, "SiftExtraction.use_gpu"), "SiftExtraction.use_gpu");
  EXPECT_EQ(SpellOption(new_names, "SiftExtraction.use_gpu"), "FeatureExtraction.use_gpu");
  EXPECT_EQ(SpellOption(new_names, "SiftMatching.use_gpu"), "FeatureMatching.use_gpu");
  EXPECT_EQ(SpellOption(new_names, "SiftMatching.min_num_inliers"), "TwoViewGeometry.min_num_inliers");
  EXPECT_EQ(SpellOption(new_names, "SiftExtraction.max_num_features"), "SiftExtraction.max_num_features");
  EXPECT_EQ(SpellOption(new_names, "ImageReader.existing_camera_id"), std::nullopt);
}

TEST(ParseColmapBuild, ReadsVersionAndCuda) {
  const ColmapBuild without = ParseColmapBuild("COLMAP 3.8 -- SfM\n (Commit Unknown on Unknown without CUDA)\n");
  EXPECT_EQ(without.version, "3.8");
  EXPECT_FALSE(without.has_cuda);
  const ColmapBuild with = ParseColmapBuild("COLMAP 4.1.1 (Commit 12ab on 2026-07-17 with CUDA)\n");
  EXPECT_EQ(with.version, "4.1.1");
  EXPECT_TRUE(with.has_cuda);
}

TEST(ColmapProgram, SaysHowToInstallItWhereThereIsNone) {
  const TempDir folder;
  const std::string message = testing::ErrorMessageOf([&] { ColmapProgram({"/nowhere/colmap", folder.path(), {}}); });
  EXPECT_THAT(message, HasSubstr("/nowhere/colmap"));
  EXPECT_THAT(message, HasSubstr("apt-get install colmap"));
}

TEST(ColmapProgram, RefusesAnotherProgram) {
  const TempDir folder;
  EXPECT_THAT(testing::ErrorMessageOf([&] {
                ColmapProgram({"/bin/echo", folder.path(), {}});
              }),
              HasSubstr("it is no COLMAP"));
}

TEST(ColmapProgram, PassesWhatTheVersionHasAndNamesTheRest) {
  const TempDir folder;
  const FakeColmap fake(folder.path(), FakeVersion::k4);
  ColmapProgram program({fake.program(), folder.path(), {}});
  EXPECT_EQ(program.build().version, "4.1.1");
  EXPECT_TRUE(program.HasCommand("mapper"));
  EXPECT_FALSE(program.HasCommand("global_mapper"));
  const ColmapRun run = program.Run("exhaustive_matcher", {{"database_path", "my photos/d.db"}},
                                    {{"SiftMatching.use_gpu", "0"}, {"SiftMatching.max_ratio", "0.8"}}, {});
  EXPECT_TRUE(run.ok());
  EXPECT_THAT(run.left_out_options, ElementsAre("SiftMatching.max_ratio"));
  EXPECT_THAT(fake.Calls(),
              ElementsAre("exhaustive_matcher|--database_path|my photos/d.db|--FeatureMatching.use_gpu|0"));
  EXPECT_THAT(ReadFile(folder / "colmap.log"), HasSubstr("Matching block [1/1, 1/1]"));
}

TEST(ColmapProgram, TellsHowACommandFailed) {
  const TempDir folder;
  FakeColmap fake(folder.path(), FakeVersion::k38);
  ColmapProgram program({fake.program(), folder.path(), {}});
  fake.Before("mapper", "echo first; echo; echo 'bad luck' >&2; exit 7");
  const ColmapRun failed = program.Run("mapper", {}, {}, {});
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(failed.exit_code, 7);
  EXPECT_EQ(failed.message, "bad luck");
  fake.Before("mapper", "kill -SEGV $$");
  EXPECT_EQ(program.Run("mapper", {}, {}, {}).signal, SIGSEGV);
}

// The installed program, whichever version: what we depend on must be there under some name.
TEST(ColmapProgram, UnderstandsTheHelpOfTheInstalledColmap) {
  SPLAT_COLMAP_OR_SKIP();
  const TempDir folder;
  ColmapProgram program({"colmap", folder.path(), {}});
  EXPECT_FALSE(program.build().version.empty());
  for (const char* command : {"feature_extractor", "exhaustive_matcher", "sequential_matcher", "vocab_tree_matcher"}) {
    EXPECT_TRUE(program.HasCommand(command)) << command;
  }
  for (const char* option : {"image_list_path", "ImageReader.camera_model", "ImageReader.single_camera",
                             "SiftExtraction.use_gpu", "SiftExtraction.max_num_features"}) {
    EXPECT_TRUE(SpellOption(program.Options("feature_extractor"), option)) << option;
  }
  EXPECT_TRUE(SpellOption(program.Options("exhaustive_matcher"), "SiftMatching.use_gpu"));
  EXPECT_TRUE(SpellOption(program.Options("mapper"), "Mapper.init_min_tri_angle"));
}

}  // namespace
}  // namespace splat::data
