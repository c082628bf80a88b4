#include "data/sfm/idle_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "data/sfm/fingerprint.h"
#include "data/sfm/process.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

constexpr double kLimit_s = 1.2;

ProcessResult Watched(const std::string& script, const std::string& folder = "") {
  ProcessOptions options;
  options.idle_limit_s = kLimit_s;
  if (!folder.empty()) options.files_seen = [=] { return FilesSeen(folder); };
  return RunProcess({"/bin/sh", "-c", script}, options);
}

TEST(GroupProcessorSeconds, CountsTheTimeOfAGroupAndOfItsEndedChildren) {
  const auto own = GroupProcessorSeconds(getpgrp());
  if (!own) GTEST_SKIP() << "the system has no /proc";
  EXPECT_EQ(GroupProcessorSeconds(-1), 0.0);
  RunProcess({"/bin/sh", "-c", "exit"}, {});
  volatile double work = 0;
  while (*GroupProcessorSeconds(getpgrp()) < *own + 0.05) work = work + 1;
}

TEST(IdleWatch, EndsAProgramThatSleepsWithItsChildren) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(Watched("echo begun; sleep 600 & sleep 600").idle);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(300));
}

TEST(IdleWatch, EndsASleepingProgramThatHasClosedItsOutput) {
  EXPECT_TRUE(Watched("exec > /dev/null 2>&1; sleep 600").idle);
}

TEST(IdleWatch, LeavesAProgramThatComputesWithoutAWord) {
  const ProcessResult result = Watched("end=$(($(date +%s) + 4)); while [ $(date +%s) -lt $end ]; do :; done; exit 5");
  EXPECT_FALSE(result.idle);
  EXPECT_EQ(result.exit_code, 5);
}

TEST(IdleWatch, LeavesAProgramWhoseFilesGrow) {
  const testing::TempDir folder;
  const std::string script =
      "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; echo line >> '" + folder.path() + "/file'; done; exit 5";
  const ProcessResult result = Watched(script, folder.path());
  EXPECT_FALSE(result.idle);
  EXPECT_EQ(result.exit_code, 5);
}

TEST(IdleWatch, LeavesAProgramThatSpeaks) {
  const ProcessResult result = Watched("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; echo $i; done; exit 5");
  EXPECT_FALSE(result.idle);
  EXPECT_EQ(result.exit_code, 5);
}

}  // namespace
}  // namespace splat::data
