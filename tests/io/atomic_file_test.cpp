#include "io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "core/check.h"
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

TEST_F(AtomicFile, AFullDiskIsAnErrorThatNamesTheFile) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full, a device that is always full";
  // The temporary name is taken by a link to the full device; see WriteFileAtomically for the name.
  std::filesystem::create_symlink("/dev/full", folder_ / ".scene (1).tmp.ply");
  EXPECT_THAT(ErrorMessageOf([&] { Write("content"); }), HasSubstr(path_ + ": cannot be written: No space left"));
  EXPECT_EQ(EntriesIn(folder_.path()), 0u);
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

TEST_F(AtomicFile, ReadingWhatIsNotThereNamesIt) {
  EXPECT_THAT(ErrorMessageOf([&] { ReadFile(path_); }), HasSubstr(path_ + ": cannot be read: No such file"));
  EXPECT_THAT(ErrorMessageOf([&] { ReadFile(folder_.path()); }), HasSubstr(folder_.path()));
}

}  // namespace
}  // namespace splat
