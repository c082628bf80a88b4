// Two runs at once, full disks, closed terminals, folders that vanish, photos that break: no run is lost and no file is
// damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/check.h"
#include "formats/exporter.h"
#include "io/read_file.h"
#include "tests/support/ball_photos.h"
#include "tests/support/byte_writer.h"
#include "tests/support/process.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::ChildProcess;
using ::splat::testing::Encoded;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RandomCloud;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBallPhotos;
using ::splat::testing::WriteBytes;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

namespace fs = std::filesystem;

const char* const kTrain = SPLAT_BINARY_DIR "/apps/splat-train";
const char* const kCapture = SPLAT_BINARY_DIR "/apps/splat-capture";
const char* const kExport = SPLAT_BINARY_DIR "/apps/splat-export";
constexpr double kPatience = 120;  // seconds

std::string Quoted(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += "'" + word + "' ";
  return text;
}

// Names in the folder that begin with a dot: locks and temporary files.
std::vector<std::string> HiddenIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.front() == '.') names.push_back(name);
  }
  return names;
}

class ReliableTraining : public ::testing::Test {
 protected:
  void SetUp() override { WriteBallPhotos(folder_ / "balls"); }

  std::vector<std::string> Command(const std::vector<std::string>& further, const std::string& steps = "1000000") {
    std::vector<std::string> command = {kTrain,         "--images", folder_ / "balls", "--output", out_,
                                        "--iterations", steps,      "--test-every",    "4"};
    if (std::find(further.begin(), further.end(), "--export") == further.end()) {
      command.insert(command.end(), {"--export", "ply"});
    }
    command.insert(command.end(), further.begin(), further.end());
    return command;
  }
  // A training that has made some steps.
  std::unique_ptr<ChildProcess> Begun(const std::vector<std::string>& further = {}) {
    auto process = std::make_unique<ChildProcess>(Command(further));
    EXPECT_TRUE(process->WaitForOutput("Training", kPatience));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return process;
  }
  void ExpectWholeScene(const std::string& folder, bool interrupted) {
    EXPECT_GT(formats::ReadScene(folder + "/scene.ply").count(), 0);
    EXPECT_EQ(Json::parse(ReadFile(folder + "/metrics.json"))["interrupted"], interrupted);
    EXPECT_THAT(HiddenIn(folder), IsEmpty());
  }

  TempDir folder_;
  const std::string out_ = folder_ / "out";
};

TEST_F(ReliableTraining, ASecondRunIsRefusedAndTheFirstIsUnharmed) {
  const auto first = Begun();
  const ProcessOutput second = RunProgram(Command({"--overwrite"}, "5"));
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr("--output " + out_ + ": process "));
  EXPECT_THAT(second.err, HasSubstr("(splat-train) is writing there; wait for it or choose another folder"));
  EXPECT_EQ(std::count(second.err.begin(), second.err.end(), '\n'), 1) << second.err;
  first->Signal(SIGTERM);
  EXPECT_EQ(first->Wait(kPatience).exit_code, 0);
  ExpectWholeScene(out_, true);
}

TEST_F(ReliableTraining, WhatAKilledRunLeftIsClearedAway) {
  Begun();  // killed at the end of its scope
  EXPECT_EQ(HiddenIn(out_).size(), 1u) << "its lock";
  WriteBytes(out_ + "/.splat-tmp-0123456789abcdef.ply", "half");
  EXPECT_EQ(RunProgram(Command({}, "5")).exit_code, 0);
  ExpectWholeScene(out_, false);
}

TEST_F(ReliableTraining, AClosedTerminalStillLeavesTheScene) {
  const auto process = Begun();
  for (int i = 0; i < 3; ++i) process->Signal(SIGHUP);  // from the shell and from the system
  EXPECT_EQ(process->Wait(kPatience).exit_code, 0);
  ExpectWholeScene(out_, true);
}

TEST_F(ReliableTraining, AReaderThatLeavesDoesNotEndTheTraining) {
  const std::string training = Quoted(Command({"--verbose"}, "50"));
  const ProcessOutput output =
      RunProgram({"bash", "-c", training + " 2>&1 | head -1; exit ${PIPESTATUS[0]}"}, kPatience);
  EXPECT_FALSE(output.timed_out);
  EXPECT_EQ(output.exit_code, 0);
  ExpectWholeScene(out_, false);
}

TEST_F(ReliableTraining, ARemovedFolderIsMadeAgain) {
  const auto process = Begun();
  fs::remove_all(out_);
  process->Signal(SIGTERM);
  const ProcessOutput output = process->Wait(kPatience);
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.err, HasSubstr("--output " + out_ + ": was removed during the run; it is made again"));
  ExpectWholeScene(out_, true);
}

TEST_F(ReliableTraining, ASceneWithoutItsFolderIsRescued) {
  const auto process = Begun();
  fs::remove_all(out_);
  WriteBytes(out_, "a file in its place");
  process->Signal(SIGTERM);
  const ProcessOutput output = process->Wait(kPatience);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("is a file; name a folder; the scene is in " + out_ + ".rescued"));
  EXPECT_EQ(ReadFile(out_), "a file in its place");
  ExpectWholeScene(out_ + ".rescued", true);
}

// A limit on the size of files makes writes fail in the middle as a full disk does, without needing one.
TEST_F(ReliableTraining, AFullDiskKeepsTheEarlierScene) {
  ASSERT_EQ(RunProgram(Command({}, "5")).exit_code, 0);
  const std::string scene = ReadFile(out_ + "/scene.ply"), metrics = ReadFile(out_ + "/metrics.json");
  const std::string training = Quoted(Command({"--overwrite"}, "7"));
  const ProcessOutput output = RunProgram({"bash", "-c", "ulimit -f 4; exec " + training}, kPatience);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("scene.ply: cannot be written: File too large"));
  EXPECT_EQ(ReadFile(out_ + "/scene.ply"), scene);
  EXPECT_EQ(ReadFile(out_ + "/metrics.json"), metrics);
  EXPECT_THAT(HiddenIn(out_), IsEmpty());
  EXPECT_FALSE(fs::exists(out_ + ".rescued"));
}

TEST_F(ReliableTraining, ADiskWithoutRoomIsFoundBeforeTheTraining) {
  fs::create_directory(out_);
  for (const char* const format : {"ply", "html"}) {  // a page has 3.4 MB without any splat
    if (!formats::WhatLacks(formats::ExporterNamed(format)).empty()) continue;
    const std::string size = std::string(format) == "ply" ? "16k" : "2m";
    const std::string mount = "mount -t tmpfs -o size=" + size + " none '" + out_ + "'";
    if (RunProgram({"unshare", "-m", "bash", "-c", mount}).exit_code != 0) GTEST_SKIP() << "no tmpfs can be mounted";
    const std::string training = Quoted(Command({"--overwrite", "--export", format}, "5"));
    const std::string script = mount + " && echo precious > '" + out_ + "/scene.ply'; " + training +
                               "; code=$?; cat '" + out_ + "/scene.ply'; exit $code";
    const ProcessOutput output = RunProgram({"unshare", "-m", "bash", "-c", script}, kPatience);
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_THAT(output.err, HasSubstr("--output " + out_ + ": the disk has "));
    EXPECT_THAT(output.out, HasSubstr("precious"));
    EXPECT_THAT(output.out, Not(HasSubstr("Training")));
  }
}

TEST_F(ReliableTraining, ABrokenHeldOutPhotoCostsOnlyItself) {
  const auto process = Begun();
  WriteBytes(folder_ / "balls/images/photo_04.png", "no photo");
  process->Signal(SIGTERM);
  const ProcessOutput output = process->Wait(kPatience);
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.err, HasSubstr("the held-out view photo_04.png is left out"));
  const Json metrics = Json::parse(ReadFile(out_ + "/metrics.json"));
  ASSERT_EQ(metrics["test"]["views"].size(), 1u);
  EXPECT_EQ(metrics["test"]["views"][0]["psnr"], metrics["test"]["psnr"]);
  EXPECT_EQ(metrics["test"]["left_out"][0]["name"], "photo_04.png");
  EXPECT_EQ(metrics["files_checked_in_views"], 1);
  EXPECT_EQ(metrics["files"].size(), 1u);
}

TEST_F(ReliableTraining, EveryFileThatCannotBeWrittenIsNamedAndTheOthersAreWhole) {
  for (const char* name : {"scene.spz", "cameras.json"}) fs::create_directories(out_ + "/" + name + "/in the way");
  const ProcessOutput output = RunProgram(Command({"--overwrite", "--export", "spz,ply"}, "5"));
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("scene.spz: cannot be written"));
  EXPECT_THAT(output.err, HasSubstr("cameras.json: cannot be written"));
  EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
  ExpectWholeScene(out_, false);
}

// A capture of four photos, over which further ones are made.
class ReliableCapture : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProcessOutput first = Run(Command("4"));
    ASSERT_EQ(first.exit_code, 0) << first.err;
    first_truth_ = Truth();
  }
  // Whatever happened, what was set aside is gone or back in its place.
  void TearDown() override { EXPECT_THAT(Beside(), Not(Contains(EndsWith(".old")))); }

  std::vector<std::string> Command(const std::string& photos) const {
    return {kCapture, capture_, "--photos", photos, "--width", "64", "--height", "48", "--overwrite"};
  }
  ProcessOutput Run(const std::vector<std::string>& command) const {
    const ProcessOutput output = RunProgram(command, kPatience);
    EXPECT_THAT(Beside(), Not(Contains(EndsWith(".old"))));
    return output;
  }
  // A capture that has begun and takes long.
  std::unique_ptr<ChildProcess> Begun() const {
    auto process = std::make_unique<ChildProcess>(Command("9999"));
    EXPECT_TRUE(process->WaitForOutput("photo 10 ", kPatience));
    return process;
  }
  std::string Truth() const { return ReadFile(capture_ + "/truth/capture.json"); }
  // Names in the folder that holds the capture, without its own.
  std::vector<std::string> Beside() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path() != capture_) names.push_back(entry.path().filename().string());
    }
    return names;
  }

  TempDir folder_;
  const std::string capture_ = folder_ / "c";
  std::string first_truth_;
};

TEST_F(ReliableCapture, AFullDiskKeepsTheEarlierCapture) {
  EXPECT_EQ(Run({"bash", "-c", "ulimit -f 1; exec " + Quoted(Command("4"))}).exit_code, 1);
  EXPECT_EQ(Truth(), first_truth_);
  EXPECT_EQ(Run(Command("4")).exit_code, 0);
  EXPECT_THAT(Beside(), IsEmpty());
}

TEST_F(ReliableCapture, AnInterruptionKeepsTheEarlierCapture) {
  const auto process = Begun();
  process->Signal(SIGINT);
  const ProcessOutput output = process->Wait(kPatience);
  EXPECT_EQ(output.exit_code, 130);
  EXPECT_THAT(output.err, HasSubstr("splat-capture: interrupted after "));
  EXPECT_EQ(Truth(), first_truth_);
  EXPECT_THAT(Beside(), IsEmpty());
}

TEST_F(ReliableCapture, EndingAtOnceKeepsTheEarlierCaptureInItsPlace) {
  const auto process = Begun();
  process->Signal(SIGSTOP);  // so that both are pending before the program can act on the first
  process->Signal(SIGINT);
  process->Signal(SIGTERM);
  process->Signal(SIGCONT);
  EXPECT_EQ(process->Wait(kPatience).exit_code, 130);
  EXPECT_EQ(Truth(), first_truth_);
  EXPECT_THAT(Beside(), Not(Contains(EndsWith(".old"))));
  const ProcessOutput again = Run(Command("5"));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("the truth is in " + capture_ + "/truth"));
  EXPECT_NE(Truth(), first_truth_);
}

// Files of every kind that a pipe stands in the place of: none is waited for.
TEST(ReliableInput, PipesAreRefusedOrPassedOver) {
  for (const char* name : {"images/photo_02.png", "sparse/0/images.txt", "sparse/0/images.bin", "transforms.json",
                           "sparse/0/points3D.txt"}) {
    TempDir folder;
    WriteBallPhotos(folder.path());
    fs::remove(folder / name);
    ASSERT_EQ(mkfifo((folder / name).c_str(), 0600), 0);
    const ProcessOutput output = RunProgram({kTrain, "--images", folder / "images", "--poses", folder / "sparse/0",
                                             "--output", folder / "out", "--iterations", "5", "--export", "ply"},
                                            kPatience);
    EXPECT_FALSE(output.timed_out) << name;
    if (output.exit_code != 0) {
      EXPECT_THAT(output.err, HasSubstr(folder / fs::path(name).parent_path().string())) << name;
    }
  }
  TempDir folder;
  WriteBallPhotos(folder.path());
  ASSERT_EQ(mkfifo((folder / "config.json").c_str(), 0600), 0);
  const ProcessOutput output =
      RunProgram({kTrain, "--images", folder.path(), "--config", folder / "config.json"}, kPatience);
  EXPECT_FALSE(output.timed_out);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("config.json: is not a file"));
}

class ReliableExport : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const int seed : {1, 2}) {
      WriteBytes(folder_ / StrCat("in", seed, ".ply"), Encoded("ply", AllOf(RandomCloud(20000, uint64_t(seed)))));
    }
    fs::create_directory(folder_ / "out");
  }
  std::vector<std::string> Command(int seed, const std::string& to) const {
    return {kExport, folder_ / StrCat("in", seed, ".ply"), to, "--overwrite"};
  }
  TempDir folder_;
  const std::string to_ = folder_ / "out/scene.spz";
};

TEST_F(ReliableExport, OfManyAtOnceOneFileComesOutWhole) {
  std::vector<std::string> whole;
  for (const int seed : {1, 2}) {
    const std::string alone = folder_ / StrCat("alone", seed, ".spz");
    ASSERT_EQ(RunProgram(Command(seed, alone)).exit_code, 0);
    whole.push_back(ReadFile(alone));
  }
  std::vector<std::unique_ptr<ChildProcess>> processes;
  for (int i = 0; i < 6; ++i) processes.push_back(std::make_unique<ChildProcess>(Command(1 + i % 2, to_)));
  int ended_well = 0;
  for (const auto& process : processes) {
    const ProcessOutput output = process->Wait(kPatience);
    ended_well += output.exit_code == 0;
    if (output.exit_code != 0) {
      EXPECT_THAT(output.err, HasSubstr("is writing there; wait for it"));
    }
  }
  EXPECT_GT(ended_well, 0);
  EXPECT_THAT(whole, Contains(ReadFile(to_)));
  EXPECT_THAT(HiddenIn(folder_ / "out"), IsEmpty());
}

TEST_F(ReliableExport, AnInterruptedOneLeavesNothing) {
  WriteBytes(folder_ / "in3.ply", Encoded("ply", AllOf(RandomCloud(100000, 3))));
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ChildProcess process(Command(3, folder_ / "out/scene.sog"));
    for (int i = 0; i < 1000 && HiddenIn(folder_ / "out").empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_THAT(HiddenIn(folder_ / "out"), Not(IsEmpty())) << "its lock";
    process.Signal(signal);
    EXPECT_EQ(process.Wait(kPatience).exit_code, 130);
    EXPECT_TRUE(fs::is_empty(folder_ / "out"));
  }
}

TEST_F(ReliableExport, NoLinkOrPipeOfOthersIsWrittenTo) {
  WriteBytes(folder_ / "precious", "theirs");
  fs::create_symlink(folder_ / "precious", folder_ / "out/.scene.tmp.spz");
  fs::create_symlink(folder_ / "precious", to_);
  EXPECT_EQ(RunProgram(Command(1, to_), kPatience).exit_code, 0);
  EXPECT_EQ(ReadFile(folder_ / "precious"), "theirs");
  EXPECT_FALSE(fs::is_symlink(to_));
}

TEST_F(ReliableExport, APipeAsASceneIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(mkfifo((folder_ / "in3.ply").c_str(), 0600), 0);
  const ProcessOutput output = RunProgram(Command(3, to_), kPatience);
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("in3.ply: cannot be read: it is not a file"));
}

}  // namespace
}  // namespace splat
