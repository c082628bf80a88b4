// What a signal handler removes of a process that ends at once.
#include "io/unfinished_files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "io/file_lock.h"
#include "io/temporary_file.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

namespace fs = std::filesystem;

class UnfinishedFiles : public ::testing::Test {
 protected:
  std::string Made(const std::string& name) {
    std::ofstream(folder_ / name) << "x";
    return folder_ / name;
  }
  testing::TempDir folder_;
};

TEST_F(UnfinishedFiles, LocksAndTemporaryFilesGoAndOthersStay) {
  const std::string other = Made("other");
  {
    const FileLock lock(folder_ / ".splat.lock", "", "");
    const TemporaryFile temporary(folder_ / "scene.ply");
    TemporaryFile moved(folder_ / "cameras.json");
    ASSERT_EQ(write(moved.descriptor(), "{}", 2), 2);
    moved.MoveToTarget();
    RemoveUnfinishedFiles();
    EXPECT_FALSE(fs::exists(folder_ / ".splat.lock"));
    EXPECT_FALSE(fs::exists(temporary.path()));
    EXPECT_TRUE(fs::exists(folder_ / "cameras.json"));
    EXPECT_TRUE(fs::exists(other));
  }
}

TEST_F(UnfinishedFiles, WhatIsFinishedStays) {
  const std::string path = Made("file");
  { const UnfinishedFile file(path); }
  RemoveUnfinishedFiles();
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(UnfinishedFiles, ALockOfAnotherProcessInTheSamePlaceStays) {
  const FileLock lock(folder_ / ".splat.lock", "", "");
  fs::remove(folder_ / ".splat.lock");
  Made(".splat.lock");
  RemoveUnfinishedFiles();
  EXPECT_TRUE(fs::exists(folder_ / ".splat.lock"));
}

TEST_F(UnfinishedFiles, AForkedChildRemovesNothingOfItsParent) {
  const UnfinishedFile file(Made("file"));
  const pid_t child = fork();
  if (child == 0) {
    RemoveUnfinishedFiles();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(folder_ / "file"));
}

TEST_F(UnfinishedFiles, ManyFilesAndLongNamesDoNoHarm) {
  std::vector<std::unique_ptr<UnfinishedFile>> files;
  for (int i = 0; i < 500; ++i) files.push_back(std::make_unique<UnfinishedFile>(Made(std::to_string(i))));
  files.push_back(std::make_unique<UnfinishedFile>(std::string(10000, 'a')));
  RemoveUnfinishedFiles();
  EXPECT_FALSE(fs::exists(folder_ / "0"));
  files.clear();
  const UnfinishedFile file(Made("again"));
  RemoveUnfinishedFiles();
  EXPECT_FALSE(fs::exists(folder_ / "again"));
}

}  // namespace
}  // namespace splat
