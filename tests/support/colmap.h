// This header tells whether the real COLMAP is there for the tests that run it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

namespace splat::testing {

// Whether PATH holds a program of that name, in whatever state.
inline bool ColmapIsInstalled() {
  return std::system("command -v colmap > /dev/null 2>&1") == 0;
}

}  // namespace splat::testing

// Skips a test where there is no COLMAP. One that is broken makes the test fail.
#define SPLAT_COLMAP_OR_SKIP() \
  if (!::splat::testing::ColmapIsInstalled()) GTEST_SKIP() << "colmap is not installed"
