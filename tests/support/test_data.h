// Tests find here what they read beside the checkout: photo sets and scenes of other tools, which need not be there.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace splat::testing {

// The folder that the environment variable SPLAT_TEST_DATA names; without it, ../shared/data beside the checkout.
inline std::string TestDataFolder() {
  const char* folder = std::getenv("SPLAT_TEST_DATA");
  return folder && *folder ? folder : SPLAT_SOURCE_DIR "/../shared/data";
}

// Path of an entry of that folder, or empty if it is absent.
inline std::string TestData(const std::string& entry) {
  const std::string path = TestDataFolder() + "/" + entry;
  return std::filesystem::exists(path) ? path : std::string();
}

// Why a test that needs an entry which is absent does not run.
inline std::string MissingTestData(const std::string& entry) {
  return "needs " + entry + ", which is not in SPLAT_TEST_DATA=" + TestDataFolder();
}

}  // namespace splat::testing

// Skips a test with its reason where the folder does not hold `entry`; else declares `variable`, its path.
#define SPLAT_TEST_DATA_OR_SKIP(variable, entry)                  \
  const std::string variable = ::splat::testing::TestData(entry); \
  if (variable.empty()) GTEST_SKIP() << ::splat::testing::MissingTestData(entry)
