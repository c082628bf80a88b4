#include "io/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBytes;
using ::testing::HasSubstr;

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  TempDir folder;
  const std::string bytes("a\0b\n\xff", 5);
  WriteBytes(folder / "some file.bin", bytes);
  EXPECT_EQ(MappedFile(folder / "some file.bin").bytes(), bytes);
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  TempDir folder;
  WriteBytes(folder / "empty", "");
  EXPECT_TRUE(MappedFile(folder / "empty").bytes().empty());
}

TEST(MappedFile, KeepsItsBytesWhenTheFileIsReplaced) {
  TempDir folder;
  WriteBytes(folder / "a", "old");
  const MappedFile file(folder / "a");
  WriteBytes(folder / "b", "new and longer");
  std::filesystem::rename(folder / "b", folder / "a");
  EXPECT_EQ(file.bytes(), "old");
}

TEST(MappedFile, NamesWhatCannotBeRead) {
  TempDir folder;
  EXPECT_THAT(ErrorMessageOf([&] { MappedFile(folder / "none"); }), HasSubstr("none: cannot be read: No such file"));
  EXPECT_THAT(ErrorMessageOf([&] { MappedFile(folder.path()); }), HasSubstr("it is not a file"));
}

}  // namespace
}  // namespace splat
