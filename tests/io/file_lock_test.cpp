#include "io/file_lock.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include "core/check.h"
#include "io/temporary_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FileLockTest : public ::testing::Test {
 protected:
  std::string Refusal() const {
    return ErrorMessageOf([&] { const FileLock second(path_, "--output out", "wait for it"); });
  }
  TempDir folder_;
  const std::string path_ = folder_ / ".lock";
};

TEST_F(FileLockTest, TheSecondIsToldWhoHoldsIt) {
  std::optional<FileLock> first;
  first.emplace(path_, "--output out", "wait for it");
  EXPECT_THAT(Refusal(), StartsWith(StrCat("--output out: process ", getpid(), " (")));
  EXPECT_THAT(Refusal(), HasSubstr("is writing there; wait for it"));
  EXPECT_TRUE(first->IsInPlace());
  first.reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_NO_THROW(FileLock(path_, "", ""));
}

TEST_F(FileLockTest, EndsWithAProcessThatIsKilled) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const FileLock held(path_, "", "");
    if (write(ready[1], "x", 1) != 1) _exit(1);
    pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_THAT(Refusal(), HasSubstr(StrCat("process ", child)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(path_)) << "a killed process cannot remove it";
  EXPECT_NO_THROW(FileLock(path_, "", ""));
}

TEST_F(FileLockTest, EveryFileOfAFolderHasALockOfItsOwnBesideTheFolders) {
  const std::string a = LockOfFile("out/a.ply"), b = LockOfFile("out/b.ply"), all = LockOfFolder("out");
  EXPECT_EQ((std::set<std::string>{a, b, all}).size(), 3u);
  for (const std::string& path : {a, b, all}) {
    EXPECT_EQ(std::filesystem::path(path).parent_path(), "out");
    EXPECT_TRUE(IsNameOfLock(std::filesystem::path(path).filename().string())) << path;
  }
  EXPECT_EQ(std::filesystem::path(LockOfFile("a.ply")).filename(), std::filesystem::path(a).filename());
  for (const char* name : {".splat-.lock", ".splat-1a.lock", ".splat-12.lock2", ".splat-12", ".splat-", ".lock", "a"}) {
    EXPECT_FALSE(IsNameOfLock(name)) << name;
  }
}

TEST_F(FileLockTest, WhatKilledProcessesLeftIsRemovedAndLocksInUseStay) {
  const pid_t child = fork();
  if (child == 0) {
    const FileLock file(LockOfFile(folder_ / "a.ply"), "", ""), folder(LockOfFolder(folder_.path()), "", "");
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  const FileLock held(LockOfFile(folder_ / "b.ply"), "", "");
  const std::string theirs = folder_ / ".splat-notes.lock";
  std::ofstream(theirs) << "theirs";
  ASSERT_TRUE(std::filesystem::exists(LockOfFile(folder_ / "a.ply")));
  ASSERT_TRUE(std::filesystem::exists(LockOfFolder(folder_.path())));
  RemoveAbandonedFiles(folder_.path());
  EXPECT_FALSE(std::filesystem::exists(LockOfFile(folder_ / "a.ply")));
  EXPECT_FALSE(std::filesystem::exists(LockOfFolder(folder_.path())));
  EXPECT_TRUE(held.IsInPlace());
  EXPECT_TRUE(std::filesystem::exists(theirs));
}

// Somebody who removes abandoned files holds each of them for a moment, also one that was made just now.
TEST_F(FileLockTest, WaitsForOneWhoOnlyLooks) {
  std::ofstream(path_) << "";
  const int descriptor = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(descriptor, LOCK_EX), 0);
  std::thread looking([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    unlink(path_.c_str());
    close(descriptor);
  });
  EXPECT_EQ(Refusal(), "");
  looking.join();
}

TEST_F(FileLockTest, LinksAndPipesInItsPlaceAreNotFollowed) {
  std::ofstream(folder_ / "precious") << "theirs";
  std::filesystem::create_symlink(folder_ / "precious", path_);
  EXPECT_THAT(Refusal(), HasSubstr("is a link"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "precious"), 6u);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(Refusal(), HasSubstr("is in the way"));
}

TEST_F(FileLockTest, KnowsThatItsFolderIsGone) {
  std::filesystem::create_directory(folder_ / "out");
  const FileLock held(folder_ / "out/.lock", "", "");
  std::filesystem::remove_all(folder_ / "out");
  EXPECT_FALSE(held.IsInPlace());
}

}  // namespace
}  // namespace splat
