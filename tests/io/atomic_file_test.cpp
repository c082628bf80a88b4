#include "io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "core/check.h"
#include "io/read_file.h"
#include "io/temporary_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using ::testing::HasSubstr;

size_t EntriesIn(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return size_t(std::distance(begin(entries), end(entries)));
}

class AtomicFile : public ::testing::Test {
 protected:
  void Write(const std::string& content) const {
    WriteFileAtomically(path_, [&](std::ostream& out) { out << content; });
  }
  TempDir folder_;
  const std::string path_ = folder_ / "scene (1).ply";
};

TEST_F(AtomicFile, HoldsWhatWasWrittenByteForByte) {
  const std::string content("a\r\n\0\xff", 5);
  Write(content);
  EXPECT_EQ(ReadFile(path_), content);
  WriteFileAtomically(path_, content + content);
  EXPECT_EQ(ReadFile(path_), content + content);
  EXPECT_EQ(EntriesIn(folder_.path()), 1u);
}

TEST_F(AtomicFile, ReplacesAnOlderFile) {
  Write("a long first version");
  Write("second");
  EXPECT_EQ(ReadFile(path_), "second");
  EXPECT_EQ(EntriesIn(folder_.path()), 1u);
}

TEST_F(AtomicFile, DoesNotAppearBeforeItIsWhole) {
  WriteFileAtomically(path_, [&](std::ostream& out) {
    out << "half" << std::flush;
    EXPECT_FALSE(std::filesystem::exists(path_));
  });
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(AtomicFile, AFailedWriteLeavesTheOlderFileAndNothingElse) {
  Write("kept");
  EXPECT_THROW(WriteFileAtomically(path_,
                                   [](std::ostream& out) {
                                     out << "half";
                                     throw std::runtime_error("interrupted");
                                   }),
               std::runtime_error);
  EXPECT_EQ(ReadFile(path_), "kept");
  EXPECT_EQ(EntriesIn(folder_.path()), 1u);
}

TEST_F(AtomicFile, AFailedFirstWriteLeavesNothing) {
  EXPECT_THROW(WriteFileAtomicallyByName(path_,
                                         [](const std::string& temporary) {
                                           std::ofstream(temporary) << "half";
                                           throw std::runtime_error("interrupted");
                                         }),
               std::runtime_error);
  EXPECT_EQ(EntriesIn(folder_.path()), 0u);
}

TEST_F(AtomicFile, AStreamThatFailsIsAnError) {
  const std::string message =
      ErrorMessageOf([&] { WriteFileAtomically(path_, [](std::ostream& out) { out.setstate(std::ios::badbit); }); });
  EXPECT_THAT(message, HasSubstr(path_));
  EXPECT_EQ(EntriesIn(folder_.path()), 0u);
}

// A limit on the size of files makes a write fail in the middle as a full disk does, without needing one.
TEST_F(AtomicFile, AFullDiskIsAnErrorThatNamesTheFileAndKeepsTheOlderOne) {
  Write("kept");
  signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {100000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = ErrorMessageOf([&] { Write(std::string(1000000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(message, HasSubstr(path_ + ": cannot be written: File too large"));
  EXPECT_EQ(ReadFile(path_), "kept");
  EXPECT_EQ(EntriesIn(folder_.path()), 1u);
}

TEST_F(AtomicFile, AStreamCanGoBack) {
  const std::string large(1 << 20, 'x');
  WriteFileAtomically(path_, [&](std::ostream& out) {
    out << "head" << large;
    EXPECT_EQ(int64_t(out.tellp()), 4 + (1 << 20));
    out.seekp(1);
    out << "EA";
    out.seekp(0, std::ios::end);
    out << "end";
  });
  EXPECT_EQ(ReadFile(path_), "hEAd" + large + "end");
}

// Two that write one file at once: each gets its own temporary file, and the last one to end wins.
TEST_F(AtomicFile, TwoWritersOfOneFileDoNotMeet) {
  WriteFileAtomically(path_, [&](std::ostream& outer) {
    outer << "outer" << std::flush;
    Write("inner");
    EXPECT_EQ(ReadFile(path_), "inner");
  });
  EXPECT_EQ(ReadFile(path_), "outer");
  EXPECT_EQ(EntriesIn(folder_.path()), 1u);
}

TEST_F(AtomicFile, ANameAsLongAsNamesMayBeCanBeWritten) {
  const std::string path = folder_ / (std::string(251, 'n') + ".ply");
  WriteFileAtomically(path, [](std::ostream& out) { out << "x"; });
  EXPECT_EQ(ReadFile(path), "x");
}

// What a killed process has left is nobody's; what is being written is somebody's, and names of others are not ours.
TEST_F(AtomicFile, OnlyTheTemporaryFilesOfKilledProcessesAreRemoved) {
  const pid_t child = fork();
  if (child == 0) {
    WriteFileAtomically(path_, [](std::ostream& out) {
      out << "half" << std::flush;
      _exit(0);
    });
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(EntriesIn(folder_.path()), 1u) << "the child's";
  std::ofstream(folder_ / "precious") << "theirs";
  std::filesystem::create_symlink(folder_ / "precious", folder_ / ".splat-tmp-00.ply");
  WriteFileAtomically(path_, [&](std::ostream& out) {
    out << "whole";
    RemoveAbandonedFiles(folder_.path());
  });
  EXPECT_EQ(ReadFile(path_), "whole");
  EXPECT_EQ(ReadFile(folder_ / "precious"), "theirs");
  EXPECT_EQ(EntriesIn(folder_.path()), 3u) << "the file, theirs, and the link";
}

TEST_F(AtomicFile, APipeIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(ErrorMessageOf([&] { ReadFile(path_); }), HasSubstr(path_ + ": cannot be read: it is not a file"));
  Write("x");
  EXPECT_EQ(ReadFile(path_), "x") << "the pipe is replaced, not written to";
}

TEST_F(AtomicFile, ATemporaryNameKeepsTheExtension) {
  std::string seen;
  WriteFileAtomicallyByName(path_, [&](const std::string& temporary) {
    seen = std::filesystem::path(temporary).extension().string();
    std::ofstream(temporary) << "x";
  });
  EXPECT_EQ(seen, ".ply");
}

TEST_F(AtomicFile, ByNameWithoutAFileWrittenIsAnError) {
  EXPECT_THAT(ErrorMessageOf([&] { WriteFileAtomicallyByName(path_, [](const std::string&) {}); }), HasSubstr(path_));
}

TEST_F(AtomicFile, AMissingFolderIsNamed) {
  const std::string path = folder_ / "none/scene.ply";
  EXPECT_THAT(ErrorMessageOf([&] { WriteFileAtomically(path, [](std::ostream&) {}); }),
              HasSubstr(path + ": the folder does not exist"));
}

}  // namespace
}  // namespace splat
