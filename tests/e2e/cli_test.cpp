// The command lines of splat-train, splat-render and splat-capture: help, and one clear line for all that cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/printable.h"
#include "io/read_file.h"
#include "tests/support/ball_photos.h"
#include "tests/support/byte_writer.h"
#include "tests/support/process.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::BallPhotos;
using ::splat::testing::Encoded;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RandomCloud;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBallPhotos;
using ::splat::testing::WriteBytes;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace fs = std::filesystem;

const char* const kTrain = SPLAT_BINARY_DIR "/apps/splat-train";
const char* const kRender = SPLAT_BINARY_DIR "/apps/splat-render";
const char* const kEval = SPLAT_BINARY_DIR "/apps/splat-eval";

// Status 1 and nothing on standard error but one line "program: error: ... expected ...".
void ExpectOneClearLine(const ProcessOutput& output, const std::string& program, const std::string& expected) {
  EXPECT_FALSE(output.timed_out);
  EXPECT_EQ(output.exit_code, 1) << output.err;
  EXPECT_THAT(output.err, StartsWith(program + ": error: "));
  EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
  EXPECT_THAT(output.err, HasSubstr(expected));
}

TEST(SplatCapture, SaysInOneLineWhatIsWrong) {
  const std::string capture = SPLAT_BINARY_DIR "/apps/splat-capture";
  ExpectOneClearLine(RunProgram({capture}), "splat-capture", "output is required");
  ExpectOneClearLine(RunProgram({capture, "out", "--photos", "abc"}), "splat-capture", "abc");
  ExpectOneClearLine(RunProgram({capture, "out", "--photos", "0"}), "splat-capture", "photos");
  ExpectOneClearLine(RunProgram({capture, "out", "--seed", "-1"}), "splat-capture",
                     "--seed: '-1' is not allowed; use a whole number from 0 ");
  const ProcessOutput version = RunProgram({capture, "--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, StartsWith("splat-capture "));
}

TEST(SplatCapture, ShowsANameFromOutsideAsOneLine) {
  const TempDir dir;
  const std::string name = dir / "a\x1b[31mb\nc";
  const ProcessOutput output = RunProgram(
      {SPLAT_BINARY_DIR "/apps/splat-capture", name, "--photos", "2", "--width", "64", "--height", "48", "--quiet"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(std::count(output.out.begin(), output.out.end(), '\n'), 1) << output.out;
  EXPECT_THAT(output.out, StartsWith(Printable(name)));
  EXPECT_THAT(output.out, Not(HasSubstr("\x1b")));
}

TEST(SplatCapture, PutsPosesOffByItsOptions) {
  const TempDir dir;
  const std::vector<std::string> command = {
      SPLAT_BINARY_DIR "/apps/splat-capture", dir / "c", "--photos", "2", "--width", "64", "--height", "48", "--quiet"};
  const auto run = [&](const std::vector<std::string>& further) {
    std::vector<std::string> all = command;
    all.insert(all.end(), further.begin(), further.end());
    return RunProgram(all);
  };
  const ProcessOutput output = run({"--poses-off", "1.5", "--positions-off", "0.05"});
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const std::string options = ReadFile(dir / "c/truth/capture.json");
  EXPECT_THAT(options, HasSubstr("\"poses_off_deg\": 1.5"));
  EXPECT_THAT(options, HasSubstr("\"poses_off_share\": 0.05"));
  EXPECT_NE(ReadFile(dir / "c/poses_off/images.txt"), ReadFile(dir / "c/truth/images.txt"));
  ExpectOneClearLine(run({"--overwrite", "--poses-off", "11"}), "splat-capture",
                     "--poses-off: '11' is not allowed; use a number between 0 and 10");
  ExpectOneClearLine(run({"--overwrite", "--positions-off", "0.3"}), "splat-capture",
                     "--positions-off: '0.3' is not allowed; use a number between 0 and 0.2");
}

bool Exists(const std::string& path) {
  return fs::exists(path);
}

TEST(SplatTrainHelp, ShowsTheOptionsThatPeopleNeedFirst) {
  const ProcessOutput output = RunProgram({kTrain, "--help"});
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.err, "");
  for (const char* option : {"--images",
                             "--poses",
                             "--output",
                             "--overwrite",
                             "--export",
                             "--iterations",
                             "--downscale",
                             "--max-image-size",
                             "--test-every",
                             "--background",
                             "--seed",
                             "--device",
                             "--threads",
                             "--max-gaussians",
                             "--strategy",
                             "--sh-degree",
                             "--config",
                             "--set",
                             "--save-renders",
                             "--matcher",
                             "--camera-model",
                             "--single-camera",
                             "--sfm-max-image-size",
                             "--sfm-max-features",
                             "--vocab-tree",
                             "--colmap",
                             "--no-align",
                             "--cache-gigabytes",
                             "--quiet",
                             "--verbose",
                             "--version"}) {
    EXPECT_THAT(output.out, HasSubstr(option));
  }
  EXPECT_LT(output.out.find("--images"), output.out.find("--matcher"));
  EXPECT_LT(output.out.find("--matcher"), output.out.find("--config"));
  EXPECT_THAT(output.out, HasSubstr("1600"));
}

TEST(SplatTrainHelp, VersionNamesTheProgramAndLibTorch) {
  for (const char* program : {kTrain, kRender, kEval}) {
    const ProcessOutput output = RunProgram({program, "--version"});
    EXPECT_EQ(output.exit_code, 0);
    EXPECT_THAT(output.out, StartsWith(fs::path(program).filename().string() + " "));
    EXPECT_THAT(output.out, HasSubstr("LibTorch"));
  }
}

struct BadArguments {
  std::vector<std::string> arguments;
  std::string expected;  // in the message
};

void PrintTo(const BadArguments& bad, std::ostream* out) {
  for (const std::string& argument : bad.arguments) *out << argument << ' ';
}

class SplatTrainRefuses : public ::testing::TestWithParam<BadArguments> {};

TEST_P(SplatTrainRefuses, NamesTheOptionAndWhatIsAllowed) {
  TempDir folder;
  std::vector<std::string> command = {kTrain, "--images", folder.path(), "--output", folder / "out"};
  command.insert(command.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const ProcessOutput output = RunProgram(command);
  ExpectOneClearLine(output, "splat-train", GetParam().expected);
  if (GetParam().arguments.size() == 2 && GetParam().arguments[0].size() > 2) {  // not -n
    EXPECT_THAT(output.err, HasSubstr(GetParam().arguments[0]));
  }
  EXPECT_FALSE(Exists(folder / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, SplatTrainRefuses,
    ::testing::Values(
        BadArguments{{"--iterations", "-5"}, "'-5' is not allowed; use a whole number from 1"},
        BadArguments{{"-n", "-5"}, "--iterations"}, BadArguments{{"--iterations", "0"}, "from 1"},
        BadArguments{{"--iterations", "nan"}, "'nan'"}, BadArguments{{"--iterations", "1e3"}, "'1e3'"},
        BadArguments{{"--iterations", "99999999999999999999"}, "10000000"},
        BadArguments{{"--downscale", "0"}, "from 1 to 64"}, BadArguments{{"--downscale", "1000"}, "from 1 to 64"},
        BadArguments{{"--downscale", "1.5"}, "'1.5'"}, BadArguments{{"--max-image-size", "-1"}, "from 0"},
        BadArguments{{"--test-every", "1"}, "no photo to train on"}, BadArguments{{"--test-every", "-8"}, "'-8'"},
        BadArguments{{"--background", "purple"}, "black, white, #rrggbb"},
        BadArguments{{"--background", "0,0,2"}, "from 0 to 1"}, BadArguments{{"--background", "0,nan,0"}, "0,nan,0"},
        BadArguments{{"--background", "#12345g"}, "#12345g"}, BadArguments{{"--device", "gpu"}, "auto, cpu, cuda"},
        BadArguments{{"--threads", "-1"}, "from 0"}, BadArguments{{"--max-gaussians", "0"}, "from 1"},
        BadArguments{{"--strategy", "adc"}, "adaptive, mcmc"}, BadArguments{{"--sh-degree", "4"}, "from 0 to 3"},
        BadArguments{{"--seed", "-1"}, "from 0"},
        BadArguments{{"--export", "ply,obj"},
                     "'obj' is no format; use one of ply, compressed.ply, splat, spz, sog, glb"},
        BadArguments{{"--export", ""}, "use one of"}, BadArguments{{"--cache-gigabytes", "-1"}, "between 0 and"},
        BadArguments{{"--cache-gigabytes", "nan"}, "'nan'"}, BadArguments{{"--cache-gigabytes", "inf"}, "'inf'"},
        BadArguments{{"--matcher", "best"}, "exhaustive, sequential, vocab_tree"},
        BadArguments{{"--vocab-tree", "t.bin", "--matcher", "exhaustive"}, "t.bin is for --matcher vocab_tree"},
        BadArguments{{"--iteration", "5"}, "did you mean --iterations?"},
        BadArguments{{"--matcher", "vocab_tree"}, "--vocab-tree"}, BadArguments{{"--camera-model", "FOV"}, "OPENCV"},
        BadArguments{{"--single-camera", "maybe"}, "auto, yes, no"},
        BadArguments{{"--sfm-max-features", "-1"}, "from 0"}, BadArguments{{"--iterations"}, "--iterations"},
        BadArguments{{"--frobnicate"}, "--frobnicate"}, BadArguments{{"stray"}, "stray"},
        BadArguments{{"--quiet", "--verbose"}, "--verbose"}));

INSTANTIATE_TEST_SUITE_P(
    Settings, SplatTrainRefuses,
    ::testing::Values(BadArguments{{"--set", "density.refine_every=0"}, "density.refine_every"},
                      BadArguments{{"--set", "density.adaptive.grad_threshold=nan"}, "must be a number"},
                      BadArguments{{"--set", "density.growth=0.1"}, "density.growth is now density.mcmc.growth"},
                      BadArguments{{"--set", "iterations=-5"}, "iterations"},
                      BadArguments{{"--set", "density.refine_evry=100"}, "density.refine_every"},
                      BadArguments{{"--set", "nonsense"}, "nonsense"},
                      BadArguments{{"--config", "/nowhere/config.json"}, "/nowhere/config.json"}));

TEST(SplatTrainInput, ImagesAreRequired) {
  ExpectOneClearLine(RunProgram({kTrain}), "splat-train", "--images");
}

TEST(SplatTrainInput, AMissingFolderIsNamed) {
  TempDir folder;
  ExpectOneClearLine(RunProgram({kTrain, "--images", folder / "nothing"}, 60, folder.path()), "splat-train",
                     folder / "nothing");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(SplatTrainInput, AFolderWithoutPhotosIsNamed) {
  TempDir folder;
  fs::create_directory(folder / "photos");
  WriteBytes(folder / "photos/notes.txt", "hello");
  ExpectOneClearLine(RunProgram({kTrain, "--images", folder / "photos"}, 60, folder.path()), "splat-train",
                     folder / "photos");
  EXPECT_FALSE(Exists(folder / "photos_splat"));
}

TEST(SplatTrainInput, TextFilesNamedAsPhotosEndInOneLine) {
  TempDir folder;
  fs::create_directory(folder / "photos");
  for (const char* name : {"a.JPG", "b.JPG", "c.JPG"}) WriteBytes(folder / "photos/" + name, "this is no photo\n");
  const ProcessOutput output = RunProgram({kTrain, "--images", folder / "photos"}, 60, folder.path());
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, HasSubstr("splat-train: error: "));
  EXPECT_THAT(output.err, HasSubstr("a.JPG"));
}

TEST(SplatTrainInput, APosesPathThatDoesNotExistIsNamed) {
  TempDir folder;
  WriteBallPhotos(folder.path());
  ExpectOneClearLine(
      RunProgram({kTrain, "--images", folder.path(), "--poses", folder / "model", "--output", folder / "out"}),
      "splat-train", folder / "model");
  EXPECT_FALSE(Exists(folder / "out"));
}

TEST(SplatTrainInput, CudaWithoutACudaBuildIsOneLine) {
  TempDir folder;
  WriteBallPhotos(folder.path());
  const std::string version = RunProgram({kTrain, "--version"}).out;
  if (version.find("CUDA none") == std::string::npos) GTEST_SKIP() << "this build has CUDA: " << version;
  ExpectOneClearLine(RunProgram({kTrain, "--images", folder.path(), "--output", folder / "out", "--device", "cuda"}),
                     "splat-train", "--device cuda");
}

class SplatTrainOutput : public ::testing::Test {
 protected:
  void SetUp() override { WriteBallPhotos(folder_ / "balls"); }

  ProcessOutput Train(const std::vector<std::string>& further, double seconds = 300) {
    std::vector<std::string> command = {kTrain, "--images", folder_ / "balls", "--iterations", "5"};
    command.insert(command.end(), further.begin(), further.end());
    return RunProgram(command, seconds, folder_.path());
  }

  TempDir folder_;
};

TEST_F(SplatTrainOutput, AnExistingSceneIsKeptUnlessToldOtherwise) {
  fs::create_directory(folder_ / "out");
  WriteBytes(folder_ / "out/scene.ply", "precious");
  WriteBytes(folder_ / "out/metrics.json", "old");
  ExpectOneClearLine(Train({"--output", folder_ / "out"}), "splat-train", "--overwrite");
  EXPECT_EQ(ReadFile(folder_ / "out/scene.ply"), "precious");

  EXPECT_EQ(Train({"--output", folder_ / "out", "--overwrite"}).exit_code, 0);
  EXPECT_THAT(ReadFile(folder_ / "out/scene.ply"), StartsWith("ply\n"));
  EXPECT_NE(ReadFile(folder_ / "out/metrics.json"), "old");
}

TEST_F(SplatTrainOutput, AFolderThatCannotBeMadeIsRefusedBeforeAnyWork) {
  const ProcessOutput output = Train({"--output", "/proc/splat/out"});
  ExpectOneClearLine(output, "splat-train", "--output /proc/splat/out");
  EXPECT_THAT(output.out, Not(HasSubstr("Training")));
  WriteBytes(folder_ / "file", "x");
  ExpectOneClearLine(Train({"--output", folder_ / "file"}), "splat-train", "is a file");
  ExpectOneClearLine(Train({"--output", folder_ / "file/below"}), "splat-train", "file/below");
  ExpectOneClearLine(Train({"--output", ""}), "splat-train", "--output");
}

TEST_F(SplatTrainOutput, MissingFoldersAreMade) {
  EXPECT_EQ(Train({"--output", folder_ / "a/b/c"}).exit_code, 0);
  EXPECT_TRUE(Exists(folder_ / "a/b/c/scene.ply"));
}

TEST_F(SplatTrainOutput, TheDefaultFolderIsNamedAfterThePhotos) {
  EXPECT_EQ(Train({}).exit_code, 0);
  EXPECT_TRUE(Exists(folder_ / "balls_splat/scene.ply"));
  fs::remove_all(folder_ / "balls_splat");
  EXPECT_EQ(RunProgram({kTrain, "-i", "balls/images/", "-n", "5"}, 300, folder_.path()).exit_code, 0);
  EXPECT_TRUE(Exists(folder_ / "balls_splat/scene.ply"));
}

TEST_F(SplatTrainOutput, AFullDiskLeavesNoBrokenScene) {
  // A limit on the size of files makes writes fail in the middle as a full disk does, without needing one.
  const std::string script = std::string("trap '' XFSZ; ulimit -f 4; exec '") + kTrain + "' --images '" +
                             (folder_ / "balls") + "' --iterations 5 --output '" + (folder_ / "out") + "'";
  const ProcessOutput output = RunProgram({"bash", "-c", script});
  ExpectOneClearLine(output, "splat-train", "scene.ply");
  EXPECT_FALSE(Exists(folder_ / "out/scene.ply"));
  EXPECT_FALSE(Exists(folder_ / "out"));  // it made the folder and put nothing in it
}

TEST(SplatRenderRefuses, WhatCannotBe) {
  TempDir folder;
  WriteBytes(folder / "points.ply", "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n");
  WriteBytes(folder / "cameras.json", "[{\"id\": 0, \"img_name\": \"a\", \"width\": 64}]");
  const std::string scene = folder / "points.ply", out = folder / "out";
  ExpectOneClearLine(RunProgram({kRender}), "splat-render", "is required");
  ExpectOneClearLine(RunProgram({kRender, scene, "--output", out}), "splat-render", "--cameras");
  ExpectOneClearLine(RunProgram({kRender, scene, "--output", out, "--orbit", "0"}), "splat-render", "--orbit");
  ExpectOneClearLine(RunProgram({kRender, scene, "--output", out, "--orbit", "2"}), "splat-render", "points.ply");
  ExpectOneClearLine(RunProgram({kRender, folder / "none.ply", "--output", out, "--orbit", "2"}), "splat-render",
                     "none.ply");
  EXPECT_FALSE(Exists(out));
}

TEST(SplatRenderRefuses, BrokenPhotoColors) {
  TempDir folder;
  const std::string scene = folder / "scene.ply", colors = folder / "photo_colors.json", out = folder / "out";
  WriteBytes(scene, Encoded("ply", AllOf(RandomCloud(20, 1))));
  const std::vector<std::string> command = {kRender, scene, "--output", out, "--orbit", "2", "--photo-colors", colors};
  ExpectOneClearLine(RunProgram(command), "splat-render", colors);
  for (const char* text : {"", "[]", "{\"photos\": {\"a.jpg\": {}}, \"lenses\": []}"}) {
    WriteBytes(colors, text);
    ExpectOneClearLine(RunProgram(command), "splat-render", colors);
  }
  EXPECT_FALSE(Exists(out));
}

TEST(SplatRenderRefuses, BrokenCameras) {
  TempDir folder;
  const std::string scene = folder / "scene.ply";
  WriteBytes(scene, Encoded("ply", AllOf(RandomCloud(20, 1))));
  const std::string out = folder / "out";
  const std::string cameras = folder / "cameras.json";
  ExpectOneClearLine(RunProgram({kRender, scene, "--output", out, "--cameras", cameras}), "splat-render", cameras);
  for (const char* text :
       {"[]", "[1]", "{}", "", "[{\"width\": 64}]", "[{\"width\": 64, \"height\": -4, \"fx\": 50, \"fy\": 50}]",
        "[{\"width\": 64, \"height\": 48, \"fx\": 50, \"fy\": 50, \"position\": [0, 0, 0], "
        "\"rotation\": [[1, 0, 0], [0, 1, 0], [0, 0, -1]]}]"}) {
    WriteBytes(cameras, text);
    ExpectOneClearLine(RunProgram({kRender, scene, "--output", out, "--cameras", cameras}), "splat-render", cameras);
  }
  EXPECT_FALSE(Exists(out));
}

}  // namespace
}  // namespace splat
