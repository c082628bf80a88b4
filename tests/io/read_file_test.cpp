#include "io/read_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using ::testing::HasSubstr;

TEST(ReadFileTest, WhatIsNotThereIsNamed) {
  const TempDir folder;
  const std::string path = folder / "file";
  EXPECT_THAT(ErrorMessageOf([&] { ReadFile(path); }), HasSubstr(path + ": cannot be read: No such file"));
  EXPECT_THAT(ErrorMessageOf([&] { ReadFile(folder.path()); }), HasSubstr(folder.path()));
  EXPECT_EQ(BeginningOf(path, 4), "");
  EXPECT_EQ(BeginningOf(folder.path(), 4), "");
}

TEST(ReadFileTest, GivesAllBytesOrTheFirstOnes) {
  const TempDir folder;
  const std::string path = folder / "file", content = std::string("\0\r\n", 3) + std::string(1 << 20, 'x') + "end";
  std::ofstream(path, std::ios::binary) << content;
  EXPECT_EQ(ReadFile(path), content);
  EXPECT_EQ(BeginningOf(path, 5), content.substr(0, 5));
  EXPECT_EQ(BeginningOf(path, 2 * content.size()), content);
}

}  // namespace
}  // namespace splat
