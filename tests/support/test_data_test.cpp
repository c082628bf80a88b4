#include "tests/support/test_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/support/temp_dir.h"

namespace splat::testing {
namespace {

using ::testing::HasSubstr;

class TestDataTest : public ::testing::Test {
 protected:
  void TearDown() override {
    if (before_) {
      setenv("SPLAT_TEST_DATA", before_->c_str(), 1);
    } else {
      unsetenv("SPLAT_TEST_DATA");
    }
  }

 private:
  static std::optional<std::string> Current() {
    const char* value = std::getenv("SPLAT_TEST_DATA");
    return value ? std::optional<std::string>(value) : std::nullopt;
  }
  std::optional<std::string> before_ = Current();
};

TEST_F(TestDataTest, EntriesComeFromTheFolderThatTheVariableNames) {
  const TempDir folder;
  std::ofstream(folder / "entry") << "?";
  setenv("SPLAT_TEST_DATA", (folder / "").c_str(), 1);
  EXPECT_TRUE(std::filesystem::equivalent(TestData("entry"), folder / "entry"));
  EXPECT_EQ(TestData("other"), "");
}

TEST_F(TestDataTest, WithoutTheVariableTheFolderLiesBesideTheCheckout) {
  for (const bool empty : {false, true}) {
    unsetenv("SPLAT_TEST_DATA");
    if (empty) setenv("SPLAT_TEST_DATA", "", 1);
    EXPECT_EQ(TestDataFolder(), SPLAT_SOURCE_DIR "/../shared/data");
  }
}

void NeedsWhatIsNotThere() {
  SPLAT_TEST_DATA_OR_SKIP(path, "set/photo.jpg");
  FAIL() << path;
}

TEST_F(TestDataTest, WhatIsNotThereSkipsTheTestAndNamesTheVariable) {
  setenv("SPLAT_TEST_DATA", "/nonexistent", 1);
  ::testing::TestPartResultArray results;
  {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    NeedsWhatIsNotThere();
  }
  ASSERT_EQ(results.size(), 1);
  EXPECT_TRUE(results.GetTestPartResult(0).skipped());
  EXPECT_THAT(results.GetTestPartResult(0).message(),
              HasSubstr("needs set/photo.jpg, which is not in SPLAT_TEST_DATA=/nonexistent"));
}

}  // namespace
}  // namespace splat::testing
