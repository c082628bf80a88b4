#include "data/sfm/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(20);  // for a loaded machine; the wait ends as soon as it happens

ProcessResult Shell(const std::string& script, const ProcessOptions& options) {
  return RunProcess({"/bin/sh", "-c", script}, options);
}

template <typename Condition>
bool Eventually(const Condition& condition) {
  for (const auto end = Clock::now() + kPatience; Clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

pid_t ReadPid(const std::string& path) {
  return pid_t(std::stol(ReadFile(path)));
}
// Neither running nor waiting for a parent (an orphan may stay a zombie in a container without an init process).
bool IsGone(pid_t pid) {
  if (kill(pid, 0) != 0) return true;
  const std::string stat = "/proc/" + std::to_string(pid) + "/stat";
  try {
    return ReadFile(stat).find(") Z") != std::string::npos;
  } catch (const Error&) {
    return true;
  }
}

TEST(RunProcess, HandsOnEveryLineOfBothOutputs) {
  std::vector<std::string> lines;
  ProcessOptions options;
  options.on_line = [&](const std::string& line) { lines.push_back(line); };
  const ProcessResult result = Shell("echo one; echo two >&2; printf 'a\\rb'; exit 3", options);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "a", "b"}));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.cancelled);
}

// A program that fails says why in the end, and behind a long trace.
TEST(RunProcess, HandsOnAllThatAProgramWritesBeforeItEnds) {
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> lines;
    ProcessOptions options;
    options.on_line = [&](const std::string& line) { lines.push_back(line); };
    Shell("printf '%60000s\\nlast\\n' x; exit 1", options);
    ASSERT_EQ(lines.size(), 2u) << round;
    EXPECT_EQ(lines[1], "last");
  }
}

TEST(RunProcess, CutsAnOutputWithoutLineEnds) {
  size_t bytes = 0, longest = 0;
  ProcessOptions options;
  options.on_line = [&](const std::string& line) {
    bytes += line.size();
    longest = std::max(longest, line.size());
  };
  Shell("head -c 1000000 /dev/zero | tr '\\0' x", options);
  EXPECT_EQ(bytes, 1000000u);
  EXPECT_EQ(longest, 65536u);
}

TEST(RunProcess, ALineOfTheLargestLengthIsOne) {
  std::vector<size_t> lengths;
  ProcessOptions options;
  options.on_line = [&](const std::string& line) { lengths.push_back(line.size()); };
  Shell("printf '%65536s\\n%65537s\\nend' x y", options);
  EXPECT_EQ(lengths, (std::vector<size_t>{65536, 65536, 1, 3}));
}

TEST(RunProcess, TellsTheSignalThatEndedAProgram) {
  EXPECT_EQ(Shell("kill -SEGV $$", {}).signal, SIGSEGV);
}

TEST(RunProcess, PassesArgumentsAsTheyAre) {
  std::string line;
  ProcessOptions options;
  options.on_line = [&](const std::string& text) { line = text; };
  RunProcess({"/bin/sh", "-c", "printf '<%s><%s>\\n' \"$1\" \"$2\"", "sh", "a b", "[ö]*'\""}, options);
  EXPECT_EQ(line, "<a b><[ö]*'\">");
}

TEST(RunProcess, ChangesTheEnvironmentOfTheProgramOnly) {
  std::string line;
  ProcessOptions options;
  options.on_line = [&](const std::string& text) { line = text; };
  options.environment = {"HOME=/some where", "SPLAT_NEW=1"};
  const std::string own = getenv("PATH");
  RunProcess({"sh", "-c", "echo \"$HOME|$SPLAT_NEW|$PATH\"; env | grep -c ^HOME="}, options);
  EXPECT_EQ(line, "1");
  options.environment.push_back("PATH=/nowhere");
  RunProcess({"/bin/sh", "-c", "echo \"$HOME|$SPLAT_NEW|$PATH\""}, options);
  EXPECT_EQ(line, "/some where|1|/nowhere");
  EXPECT_EQ(getenv("SPLAT_NEW"), nullptr);
  EXPECT_EQ(getenv("PATH"), own);
}

TEST(RunProcess, NamesAProgramThatDoesNotExist) {
  const std::string message = testing::ErrorMessageOf([] { RunProcess({"/nowhere/colmap"}, {}); });
  EXPECT_NE(message.find("/nowhere/colmap: cannot be started: No such file"), std::string::npos) << message;
}

TEST(RunProcess, KillsTheProgramAndItsChildrenWhenCancelled) {
  const testing::TempDir folder;
  const std::string pid_file = folder / "pid";
  ProcessOptions options;
  options.cancelled = [&] { return std::filesystem::exists(pid_file); };
  const auto begin = Clock::now();
  const ProcessResult result =
      Shell("sleep 600 & echo $! > " + pid_file + ".new; mv " + pid_file + ".new " + pid_file + "; wait", options);
  EXPECT_TRUE(result.cancelled);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(300));
  EXPECT_TRUE(Eventually([&] { return IsGone(ReadPid(pid_file)); }));
}

TEST(RunProcess, KillsTheProgramWhenACallbackThrows) {
  pid_t pid = 0;
  ProcessOptions options;
  options.on_line = [&](const std::string& line) {
    pid = pid_t(std::stol(line));
    throw Error("enough");
  };
  EXPECT_EQ(testing::ErrorMessageOf([&] { Shell("echo $$; exec sleep 600", options); }), "enough");
  EXPECT_TRUE(IsGone(pid));
}

#if defined(__linux__)
TEST(RunProcess, LeavesNoProgramBehindWhenItsOwnProcessIsKilled) {
  const testing::TempDir folder;
  const std::string pid_file = folder / "pid";
  const pid_t runner = fork();
  ASSERT_GE(runner, 0);
  if (runner == 0) {
    Shell("echo $$ > " + pid_file + ".new; mv " + pid_file + ".new " + pid_file + "; exec sleep 600", {});
    _exit(0);
  }
  ASSERT_TRUE(Eventually([&] { return std::filesystem::exists(pid_file); }));
  const pid_t program = ReadPid(pid_file);
  EXPECT_FALSE(IsGone(program));
  kill(runner, SIGKILL);
  waitpid(runner, nullptr, 0);
  EXPECT_TRUE(Eventually([&] { return IsGone(program); }));
}
#endif

}  // namespace
}  // namespace splat::data
