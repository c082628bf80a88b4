// The folder of a program's results is made, and belongs to one program at a time.
#include "apps/cli/claimed_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/check.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::apps {
namespace {

using ::testing::HasSubstr;

TEST(ClaimedFolderTest, IsMadeAndKeepsOthersOut) {
  const testing::TempDir folder;
  auto claim = ClaimFolder(folder / "a/b");
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b"));
  EXPECT_THAT(testing::ErrorMessageOf([&] { ClaimFolder(folder / "a/b"); }), HasSubstr("choose another folder"));
  claim.reset();
  EXPECT_NO_THROW(ClaimFolder(folder / "a/b"));
}

TEST(ClaimedFolderTest, IsFreedOfWhatKilledProgramsLeft) {
  const testing::TempDir folder;
  const std::string left = folder / ".splat-tmp-0123456789abcdef.png";
  std::ofstream(left) << "half an image";
  ClaimFolder(folder / "");
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST(ClaimedFolderTest, NamesAFolderThatCannotBe) {
  const testing::TempDir folder;
  std::ofstream(folder / "file") << "text";
  EXPECT_THAT(testing::ErrorMessageOf([&] { ClaimFolder(folder / "file"); }),
              HasSubstr("--output " + (folder / "file")));
}

}  // namespace
}  // namespace splat::apps
