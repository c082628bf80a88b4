#include "io/json_depth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/error_message.h"

namespace splat {
namespace {

using ::splat::testing::ErrorMessageOf;

std::string MessageFor(const std::string& text) {
  return ErrorMessageOf([&] { CheckJsonDepth(text, "a.glb"); });
}

TEST(CheckJsonDepth, RefusesWhatNestsTooDeep) {
  EXPECT_EQ(MessageFor(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_THAT(MessageFor(std::string(65, '[')), ::testing::StartsWith("a.glb: its JSON nests"));
  EXPECT_THAT(MessageFor(std::string(1'000'000, '{')), ::testing::StartsWith("a.glb: its JSON nests"));
}

TEST(CheckJsonDepth, CountsNeitherSiblingsNorText) {
  std::string siblings = "[";
  for (int i = 0; i < 1000; ++i) siblings += "[],{},";
  EXPECT_EQ(MessageFor(siblings), "");
  EXPECT_EQ(MessageFor("\"" + std::string(100, '[') + "\\\"" + std::string(100, '[') + "\""), "");
  EXPECT_NE(MessageFor("\"\\\\\"" + std::string(100, '[')), "");
}

}  // namespace
}  // namespace splat
