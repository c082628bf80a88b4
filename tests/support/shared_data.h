// The photo sets in ../shared/data, which need not be there.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace splat::testing {

// Path of an entry of ../shared/data beside the checkout (SPLAT_SHARED_DATA overrides the folder), or empty if absent.
inline std::string SharedData(const std::string& entry) {
  const char* folder = std::getenv("SPLAT_SHARED_DATA");
  const std::string path = (folder ? std::string(folder) : SPLAT_SOURCE_DIR "/../shared/data") + "/" + entry;
  return std::filesystem::exists(path) ? path : std::string();
}

}  // namespace splat::testing

// Skips a test with its reason where ../shared/data does not hold `entry`; else declares `variable`, its path.
#define SPLAT_SHARED_DATA_OR_SKIP(variable, entry)                  \
  const std::string variable = ::splat::testing::SharedData(entry); \
  if (variable.empty()) GTEST_SKIP() << "needs ../shared/data/" << (entry)
