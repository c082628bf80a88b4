#include "data/sfm/sfm_workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::HasSubstr;
using testing::TempDir;

TEST(SfmWorkspace, RemembersFinishedStages) {
  const TempDir folder;
  const std::string path = folder / "deep/workspace";
  {
    SfmWorkspace workspace(path);
    EXPECT_FALSE(workspace.IsFinished("features", "50 photos"));
    workspace.Begin("features", "50 photos");
    workspace.Finish("features", "a result with \xff and \"quotes\"");
    workspace.Begin("matching", "a file named \xff");
    workspace.Finish("matching");
  }
  const SfmWorkspace again(path);
  EXPECT_TRUE(again.IsFinished("features", "50 photos"));
  EXPECT_FALSE(again.IsFinished("features", "51 photos"));
  EXPECT_FALSE(again.IsInterrupted("features", "50 photos"));
  EXPECT_EQ(again.Result("features"), "a result with \xff and \"quotes\"");
  EXPECT_TRUE(again.IsFinished("matching", "a file named \xff"));
}

TEST(SfmWorkspace, TellsAnInterruptedStageFromAFinishedOne) {
  const TempDir folder;
  {
    SfmWorkspace workspace(folder.path());
    workspace.Begin("matching", "a");
  }
  SfmWorkspace again(folder.path());
  EXPECT_FALSE(again.IsFinished("matching", "a"));
  EXPECT_TRUE(again.IsInterrupted("matching", "a"));
  EXPECT_FALSE(again.IsInterrupted("matching", "b"));
  EXPECT_EQ(again.Result("matching"), "");
}

TEST(SfmWorkspace, CountsEachBeginning) {
  const TempDir folder;
  SfmWorkspace workspace(folder.path());
  EXPECT_EQ(workspace.RunNumber("features"), 0);
  workspace.Begin("features", "a");
  const int64_t first = workspace.RunNumber("features");
  workspace.Finish("features");
  EXPECT_EQ(workspace.RunNumber("features"), first);
  workspace.Begin("matching", "x");
  workspace.Begin("features", "a");
  EXPECT_GT(workspace.RunNumber("features"), first);
}

TEST(SfmWorkspace, StartsAfreshWhereTheStateCannotBeRead) {
  for (const char* content :
       {"", "{", "[]", "{\"version\": 99}", "{\"version\": 1, \"runs\": 1, \"stages\": {\"a\": 3}}"}) {
    const TempDir folder;
    std::ofstream(folder / "state.json") << content;
    SfmWorkspace workspace(folder.path());
    EXPECT_FALSE(workspace.IsFinished("a", ""));
    workspace.Begin("a", "");
    workspace.Finish("a");
    EXPECT_TRUE(workspace.IsFinished("a", ""));
  }
}

TEST(SfmWorkspace, RefusesAFolderInUse) {
  const TempDir folder;
  {
    const SfmWorkspace first(folder.path());
    EXPECT_THAT(testing::ErrorMessageOf([&] { SfmWorkspace second(folder.path()); }), HasSubstr("is writing there"));
  }
  const SfmWorkspace after(folder.path());
}

TEST(SfmWorkspace, NamesAFolderThatCannotBeMade) {
  const TempDir folder;
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(testing::ErrorMessageOf([&] { SfmWorkspace workspace(folder / "file/w"); }),
              HasSubstr("file/w: the folder cannot be made"));
}

}  // namespace
}  // namespace splat::data
