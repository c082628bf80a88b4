#include "data/sfm/colmap_message.h"

#include <gtest/gtest.h>

#include <sstream>

namespace splat::data {
namespace {

std::string MessageOf(const std::string& output) {
  ColmapMessage message;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) message.Add(line);
  return message.text();
}

constexpr const char* kStackTrace =
    "*** Check failure stack trace: ***\n    @     0x7fca5254acfe  (unknown)\n    @     0x55978b7e4e92  "
    "colmap::RunMapper()\n*** Aborted at 1795745135 (unix time) try \"date -d @1795745135\" if you are using GNU date "
    "***\nPC: @                0x0 (unknown)\n*** SIGABRT (@0x1a95) received by PID 6805 ***\n    @ 0x7fca main\n";

TEST(ColmapMessage, IsTheFailedCheckAndNotItsStackTrace) {
  const std::string check = "F20260102 03:04:05.678901  4321 database.cc:123] Check failed: rows == 4 (3 vs. 4)\n";
  EXPECT_EQ(MessageOf("Registering image #2 (3)\n" + check + kStackTrace),
            "database.cc:123: Check failed: rows == 4 (3 vs. 4)");
  EXPECT_EQ(MessageOf("F0102 03:04:05.678901 4321 a.cc:7] Check failed: b\n" + std::string(kStackTrace)),
            "a.cc:7: Check failed: b");
}

// The texts of COLMAP 3.8.
TEST(ColmapMessage, IsTheReasonAndNotTheErrorThatFollowsIt) {
  EXPECT_EQ(MessageOf("[option_manager.cc:810] Check failed: ExistsDir(path)\nERROR: Invalid options provided.\n"),
            "[option_manager.cc:810] Check failed: ExistsDir(path)");
  EXPECT_EQ(MessageOf("terminate called after throwing an instance of 'std::runtime_error'\n  what():  no such file\n"),
            "what():  no such file");
}

TEST(ColmapMessage, IsTheLastErrorAtTheEnd) {
  EXPECT_EQ(MessageOf("ERROR: first\n\nElapsed time: 0.1 [minutes]\nERROR: failed to create sparse model\n====\n"),
            "ERROR: failed to create sparse model");
  EXPECT_EQ(MessageOf("E20260102 03:04:05.678901  4321 sfm.cc:266] failed to create sparse model\n"
                      "I20260102 03:04:05.678901  4321 timer.cc:5] Elapsed time: 0.1 [minutes]\n"),
            "sfm.cc:266: failed to create sparse model");
  std::string output = "ERROR: one photo of many\n";
  for (int i = 0; i < 20; ++i) output += "Processed file [" + std::to_string(i) + "/20]\n";
  EXPECT_EQ(MessageOf(output), "Processed file [19/20]");
}

TEST(ColmapMessage, IsTheLastLineWhereNothingLooksLikeAnError) {
  EXPECT_EQ(MessageOf("first\n\nno space left\n=====\n"), "no space left");
  EXPECT_EQ(MessageOf(kStackTrace), "");
  EXPECT_EQ(MessageOf(""), "");
}

TEST(ColmapMessage, IsOneLineOfBoundedLength) {
  EXPECT_LT(MessageOf("ERROR: " + std::string(100000, 'x')).size(), 400u);
}

}  // namespace
}  // namespace splat::data
