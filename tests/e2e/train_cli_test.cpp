// splat-train on a small photo set: what it leaves, that it repeats itself, and Ctrl-C.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "data/photos/image_io.h"
#include "data/poses/pose_source.h"
#include "formats/exporter.h"
#include "io/read_file.h"
#include "tests/support/ball_photos.h"
#include "tests/support/ply_table.h"
#include "tests/support/process.h"
#include "tests/support/read_poses.h"
#include "tests/support/train_on_balls.h"

namespace splat {
namespace {

using ::splat::testing::ChildProcess;
using ::splat::testing::FilesIn;
using ::splat::testing::LargestDifference;
using ::splat::testing::PlyTable;
using ::splat::testing::ProcessOutput;
using ::splat::testing::ReadPly;
using ::splat::testing::RunProgram;
using ::splat::testing::WithBrokenFile;
using ::splat::testing::WriteBallPhotos;
using ::testing::HasSubstr;
using Json = nlohmann::json;

namespace fs = std::filesystem;

const char* const kRender = SPLAT_BINARY_DIR "/apps/splat-render";

Json ReadJson(const std::string& path) {
  return Json::parse(ReadFile(path));
}

class TrainOnBalls : public testing::TrainOnBallsTest {};

TEST_F(TrainOnBalls, LeavesEveryFileWholeAndReadable) {
  const ProcessOutput output = Train("out", {"--iterations", "30", "--test-every", "4", "--save-renders"});
  EXPECT_EQ(output.err, "");
  EXPECT_THAT(output.out, HasSubstr("out/scene.ply"));
  EXPECT_THAT(output.out, HasSubstr("PSNR"));
  std::vector<std::string> expected = {"scene.ply",
                                       "cameras.json",
                                       "scene_transform.json",
                                       "config.json",
                                       "metrics.json",
                                       "renders/photo_00_render.png",
                                       "renders/photo_00_photo.png",
                                       "renders/photo_04_render.png",
                                       "renders/photo_04_photo.png"};
  // A page, too, in a build that has the viewer's.
  if (formats::WhatLacks(formats::ExporterNamed("html")).empty()) expected.push_back("scene.html");
  EXPECT_THAT(FilesIn(folder_ / "out"), ::testing::UnorderedElementsAreArray(expected));
  const PlyTable scene = ReadPly(folder_ / "out/scene.ply");
  EXPECT_EQ(scene.names.size(), 62u);  // Inria's columns at SH degree 3, with normals
  for (const float value : scene.values) ASSERT_TRUE(std::isfinite(value));

  const Json metrics = ReadJson(folder_ / "out/metrics.json");
  EXPECT_EQ(metrics["iterations"], 30);
  EXPECT_EQ(metrics["splats"], scene.rows);
  EXPECT_EQ(metrics["interrupted"], false);
  EXPECT_EQ(metrics["device"], "cpu");
  ASSERT_EQ(metrics["test"]["views"].size(), 2u);
  EXPECT_EQ(metrics["test"]["views"][1]["name"], "photo_04.png");
  const double first = metrics["test"]["views"][0]["psnr"], second = metrics["test"]["views"][1]["psnr"];
  EXPECT_NEAR(metrics["test"]["psnr"], (first + second) / 2, 1e-9);
  for (const char* key : {"training_seconds", "total_seconds", "peak_memory_mb", "threads"}) {
    EXPECT_GT(metrics[key], 0) << key;
  }
  EXPECT_THAT(metrics["conventions"], HasSubstr("8 bits"));
  EXPECT_TRUE(metrics["sfm"].is_null());
}

TEST_F(TrainOnBalls, WritesTheFormatsAskedForAndNoOthers) {
  Train("out", {"--iterations", "5", "--export", "ply,spz"});
  EXPECT_TRUE(fs::exists(folder_ / "out/scene.ply"));
  const ProcessOutput output = Train("out", {"--iterations", "5", "--export", "glb,sog,glb", "--overwrite"});
  EXPECT_THAT(output.out, HasSubstr("out/scene.sog"));
  EXPECT_THAT(FilesIn(folder_ / "out"),
              ::testing::UnorderedElementsAre("scene.glb", "scene.sog", "cameras.json", "scene_transform.json",
                                              "config.json", "metrics.json"));
  EXPECT_EQ(ReadJson(folder_ / "out/config.json")["input"]["export"], Json({"glb", "sog"}));
  const Json metrics = ReadJson(folder_ / "out/metrics.json");
  const auto splats = metrics["splats"].get<int64_t>();
  EXPECT_EQ(formats::ReadScene(folder_ / "out/scene.glb").count(), splats);
  EXPECT_EQ(formats::ReadScene(folder_ / "out/scene.sog").count(), splats);
  ASSERT_EQ(metrics["files"].size(), 2u);
  for (const Json& file : metrics["files"]) {
    const std::string path = folder_ / "out/" + file["file"].get<std::string>();
    EXPECT_EQ(file["bytes"], fs::file_size(path)) << path;
    EXPECT_EQ(file["splats"], splats) << path;
    EXPECT_GT(file["agreement_db"], 30) << path;
    EXPECT_LT(file["loss_db"], 1) << path;
  }
  EXPECT_EQ(metrics["files"][0]["file"], "scene.sog") << "first, for a page would take its splats from there";
  EXPECT_GT(metrics["files_checked_in_views"], 0);
  EXPECT_THAT(output.out, HasSubstr("against the scene"));
}

// What was trained is not lost for it: the other files are whole.
TEST_F(TrainOnBalls, ABrokenFileEndsTheRunWithAnError) {
  const std::vector<std::string> arguments = {"--iterations", "30", "--export", "splat,ply", "--test-every", "4"};
  const ProcessOutput output = RunProgram(WithBrokenFile(Command("out", arguments), "scene.splat"), 600);
  EXPECT_EQ(output.exit_code, 1) << output.out;
  EXPECT_THAT(output.err, HasSubstr("out/scene.splat: is broken: it shows another scene than was written"));
  EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
  EXPECT_EQ(RunProgram({kRender, folder_ / "out/scene.ply", "--cameras", folder_ / "out/cameras.json", "--output",
                        folder_ / "views"})
                .exit_code,
            0);
  EXPECT_TRUE(fs::exists(folder_ / "out/metrics.json"));
  // The same command succeeds with nothing broken.
  EXPECT_EQ(RunProgram(WithBrokenFile(Command("whole", arguments), "scene.sog"), 600).exit_code, 0);
}

// Before any work, and whatever --overwrite says.
TEST_F(TrainOnBalls, PhotosAndImagesOfOthersInTheFolderOfRendersAreSafe) {
  fs::create_directories(folder_ / "out/renders");
  fs::rename(folder_ / "balls/images", folder_ / "out/renders/images");
  const ProcessOutput inside = RunProgram({SPLAT_BINARY_DIR "/apps/splat-train", "--images",
                                           folder_ / "out/renders/images", "--output", folder_ / "out", "--overwrite"});
  EXPECT_EQ(inside.exit_code, 1);
  EXPECT_THAT(inside.err, HasSubstr("its folder renders is where a run keeps its images"));
  EXPECT_EQ(FilesIn(folder_ / "out/renders/images").size(), 8u);
  fs::rename(folder_ / "out/renders/images", folder_ / "balls/images");
  std::ofstream(folder_ / "out/renders/mine_render.png") << "an image";
  const ProcessOutput foreign = RunProgram(Command("out", {"--overwrite", "--save-renders"}));
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_THAT(foreign.err, HasSubstr("mine_render.png: exists already and is no render of ours"));
}

TEST_F(TrainOnBalls, CamerasAreWrittenInTheSceneFrameWithTheWayBack) {
  Train("out", {"--iterations", "5", "--test-every", "4"});
  const Json cameras = ReadJson(folder_ / "out/cameras.json");
  ASSERT_EQ(cameras.size(), 8u);
  EXPECT_EQ(cameras[0]["split"], "test");
  EXPECT_EQ(cameras[1]["split"], "train");
  EXPECT_EQ(cameras[1]["img_name"], "photo_01.png");
  EXPECT_EQ(cameras[1]["width"], 64);
  EXPECT_NEAR(cameras[1]["fx"], 1.1 * 64, 1e-9);
  // source_from_scene takes a camera's position back to where the model has it: on a circle of radius 4 at y = -1.2.
  const Json matrix = ReadJson(folder_ / "out/scene_transform.json")["source_from_scene"]["matrix"];
  for (const Json& camera : cameras) {
    double in_source[3];
    for (int i = 0; i < 3; ++i) {
      in_source[i] = matrix[i][3];
      for (int j = 0; j < 3; ++j) in_source[i] += double(matrix[i][j]) * double(camera["position"][j]);
    }
    EXPECT_NEAR(std::hypot(in_source[0], in_source[2]), 4, 1e-6);
    EXPECT_NEAR(in_source[1], -1.2, 1e-6);
  }
}

TEST_F(TrainOnBalls, ConfigOfARunRepeatsIt) {
  Train("first", {"--iterations", "20", "--seed", "7", "--set", "init.opacity=0.2", "--background", "0.25,0.3,0.35"});
  const Json config = ReadJson(folder_ / "first/config.json");
  EXPECT_EQ(config["training"]["iterations"], 20);
  EXPECT_EQ(config["training"]["init"]["opacity"], 0.2);
  EXPECT_EQ(config["seed"], 7);
  EXPECT_THAT(config["version"], HasSubstr("LibTorch"));
  Train("second", {"--config", folder_ / "first/config.json"});
  EXPECT_EQ(ReadFile(folder_ / "first/scene.ply"), ReadFile(folder_ / "second/scene.ply"));
}

// The option brings the settings with it, and what is said besides comes after them.
TEST_F(TrainOnBalls, TheStrategyIsAnOption) {
  Train("out", {"--iterations", "200", "--strategy", "mcmc", "--set", "loss.scale_weight=0.02", "--max-gaussians",
                "400", "--test-every", "4", "--background", "0.25,0.3,0.35"});
  const Json training = ReadJson(folder_ / "out/config.json")["training"];
  EXPECT_EQ(training["density"]["strategy"], "mcmc");
  EXPECT_EQ(training["density"]["refine_until"], 25000);
  EXPECT_EQ(training["loss"]["opacity_weight"], 0.01);
  EXPECT_EQ(training["loss"]["scale_weight"], 0.02);
  const Json metrics = ReadJson(folder_ / "out/metrics.json");
  EXPECT_GT(metrics["splats"], 180) << "of 150 at the start; seen: 194";
  EXPECT_LE(metrics["splats"], 400);
  EXPECT_GT(metrics["test"]["psnr"], 18) << "dB";
}

TEST_F(TrainOnBalls, AFileForAnotherStrategyLeavesTheStrategyItsSettings) {
  const ProcessOutput output =
      Train("out", {"--config", SPLAT_SOURCE_DIR "/configs/default.json", "--strategy", "mcmc", "--iterations", "5"});
  EXPECT_THAT(output.out, HasSubstr("Settings: "));
  EXPECT_THAT(output.out, HasSubstr("density.strategy = mcmc of --strategy goes before adaptive of "));
  const Json training = ReadJson(folder_ / "out/config.json")["training"];
  EXPECT_EQ(training["density"]["strategy"], "mcmc");
  EXPECT_EQ(training["density"]["refine_until"], 25000);
  EXPECT_EQ(training["loss"]["opacity_weight"], 0.01);
  Train("set", {"--set", "density.strategy=mcmc", "--set", "loss.scale_weight=0", "--iterations", "5"});
  const Json set = ReadJson(folder_ / "set/config.json")["training"];
  EXPECT_EQ(set["loss"]["opacity_weight"], 0.01);
  EXPECT_EQ(set["loss"]["scale_weight"], 0);
}

TEST_F(TrainOnBalls, TheSceneDependsOnTheSeedAndNotOnTheThreads) {
  const std::vector<std::string> steps = {"--iterations", "150"};
  const auto scene = [&](const std::string& name, const std::vector<std::string>& further) {
    std::vector<std::string> arguments = steps;
    arguments.insert(arguments.end(), further.begin(), further.end());
    Train(name, arguments);
    return ReadFile(folder_ / (name + "/scene.ply"));
  };
  const std::string one_thread = scene("a", {"--threads", "1"});
  EXPECT_EQ(one_thread, scene("b", {"--threads", "1"}));
  EXPECT_EQ(one_thread, scene("c", {"--threads", "2"}));
  EXPECT_NE(one_thread, scene("d", {"--threads", "1", "--seed", "43"}));
  // The comparison is worth something only if splats were added on the way.
  EXPECT_NE(ReadPly(folder_ / "a/scene.ply").rows, 150u);
}

TEST_F(TrainOnBalls, TrainingImprovesTheHeldOutViews) {
  WriteBallPhotos(folder_ / "balls", {24, 64, 48, ".png"});
  const auto psnr = [&](const std::string& name, const std::string& steps) -> double {
    Train(name, {"--iterations", steps, "--test-every", "4", "--background", "0.25,0.3,0.35"});
    return ReadJson(folder_ / (name + "/metrics.json"))["test"]["psnr"];
  };
  EXPECT_GT(psnr("long", "300"), psnr("short", "3") + 3);  // dB; was 22.7 against 17.7
}

TEST_F(TrainOnBalls, CtrlCWritesTheScene) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string name = signal == SIGINT ? "int" : "term";
    ChildProcess process(Command(name, {"--iterations", "1000000", "--test-every", "4"}));
    ASSERT_TRUE(process.WaitForOutput("Training", 120));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    process.Signal(signal);
    const ProcessOutput output = process.Wait(120);
    EXPECT_FALSE(output.timed_out);
    EXPECT_EQ(output.exit_code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("ended by the user"));
    EXPECT_GT(ReadPly(folder_ / (name + "/scene.ply")).rows, 0u);
    const Json metrics = ReadJson(folder_ / (name + "/metrics.json"));
    EXPECT_EQ(metrics["interrupted"], true);
    EXPECT_LT(metrics["iterations"], 1000000);
    EXPECT_EQ(metrics["test"]["views"].size(), 2u);
  }
}

TEST_F(TrainOnBalls, ASecondSignalEndsAtOnce) {
  ChildProcess process(Command("out", {"--iterations", "1000000"}));
  ASSERT_TRUE(process.WaitForOutput("Training", 120));
  process.Signal(SIGSTOP);  // so that both are pending before the program can act on the first
  process.Signal(SIGINT);
  process.Signal(SIGTERM);
  process.Signal(SIGCONT);
  const ProcessOutput output = process.Wait(60);
  EXPECT_EQ(output.exit_code, 130);
  EXPECT_TRUE(fs::is_empty(folder_ / "out")) << "no scene, and no lock";
}

TEST_F(TrainOnBalls, CtrlCWhileColmapRunsKeepsTheWorkspace) {
  std::ofstream(folder_ / "colmap") << "#!/bin/sh\nexec sleep 300\n";
  fs::permissions(folder_ / "colmap", fs::perms::owner_all);
  ChildProcess process(Command("out", {"--poses", "sfm", "--colmap", folder_ / "colmap"}));
  ASSERT_TRUE(process.WaitForOutput("Structure from motion", 60));
  process.Signal(SIGINT);
  const ProcessOutput output = process.Wait(30);
  EXPECT_FALSE(output.timed_out);
  EXPECT_EQ(output.exit_code, 130);
  EXPECT_THAT(output.err, HasSubstr("splat-train: interrupted"));
  EXPECT_THAT(output.err, HasSubstr("out/sfm"));
  EXPECT_TRUE(fs::exists(folder_ / "out/sfm"));
}

TEST_F(TrainOnBalls, QuietPrintsNothing) {
  const ProcessOutput output = Train("out", {"--iterations", "5", "--quiet"});
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "");
}

double MeanOf(const Image8& image) {
  double sum = 0;
  for (const uint8_t value : image.pixels) sum += value;
  return sum / double(image.pixels.size());
}

// One photo of eight is taken a stop darker.
TEST_F(TrainOnBalls, ColorKeepsWhatAPhotoDiffersInBesideTheScene) {
  const std::string dark = folder_ / "balls/images/photo_03.png";
  Image8 photo = data::ReadPhoto(dark).image;
  for (uint8_t& value : photo.pixels) value /= 2;
  data::WriteImage(dark, photo);
  Train("out", {"--iterations", "150", "--color", "full", "--test-every", "4"});
  const Json photos = ReadJson(folder_ / "out/photo_colors.json")["photos"];
  EXPECT_EQ(photos.size(), 6u) << "not those that are held out";
  EXPECT_LT(photos["photo_03.png"]["exposure"], -0.4) << "stops, against the mean";
  EXPECT_TRUE(ReadJson(folder_ / "out/metrics.json")["test"]["corrected"]["affine"].contains("psnr"));

  const auto render = [&](const std::string& output, const std::vector<std::string>& further) {
    std::vector<std::string> command = {
        kRender, folder_ / "out/scene.ply", "--cameras", folder_ / "out/cameras.json", "--output", folder_ / output};
    command.insert(command.end(), further.begin(), further.end());
    const ProcessOutput process = RunProgram(command);
    EXPECT_EQ(process.exit_code, 0) << process.err;
    return process.err;
  };
  render("plain", {});
  const std::string warnings = render("colored", {"--photo-colors", folder_ / "out/photo_colors.json"});
  EXPECT_THAT(warnings, HasSubstr("has no colours of 2 of 8 views"));
  EXPECT_EQ(LargestDifference(folder_ / "plain/photo_00.png", folder_ / "colored/photo_00.png"), 0) << "held out";
  const double plain = MeanOf(data::ReadPhoto(folder_ / "plain/photo_03.png").image);
  EXPECT_LT(MeanOf(data::ReadPhoto(folder_ / "colored/photo_03.png").image), 0.8 * plain);
  Train("out", {"--iterations", "5", "--overwrite"});
  EXPECT_FALSE(fs::exists(folder_ / "out/photo_colors.json")) << "of the scene before";
}

// Refined cameras are those of cameras.json, and of the COLMAP model in the frame of the poses that were given.
TEST_F(TrainOnBalls, RefinedPosesAreWrittenBesideTheScene) {
  const std::vector<std::string> common = {"--iterations", "100", "--test-every", "4", "--refine-poses"};
  const auto train = [&](const std::string& name, const std::string& refine) {
    std::vector<std::string> options = common;
    options.insert(options.end(), {refine, "--export-colmap", folder_ / (name + "_colmap")});
    Train(name, options);
  };
  train("fixed", "off");
  train("refined", "on");
  const Json fixed = ReadJson(folder_ / "fixed/cameras.json"), refined = ReadJson(folder_ / "refined/cameras.json");
  ASSERT_EQ(fixed.size(), refined.size());
  const auto given = data::ReadPoses(folder_ / "fixed_colmap", folder_ / "balls/images");
  const auto moved = data::ReadPoses(folder_ / "refined_colmap", folder_ / "balls/images");
  int moving = 0;
  for (size_t i = 0; i < fixed.size(); ++i) {
    const bool differs = fixed[i]["position"] != refined[i]["position"];
    if (differs) {
      EXPECT_EQ(refined[i]["split"], "train") << "held-out cameras stay";
    }
    const Vec3<double> way =
        given.photos[i].camera_from_world.translation - moved.photos[i].camera_from_world.translation;
    EXPECT_EQ(Norm(way) > 1e-7, differs) << i;
    moving += differs ? 1 : 0;
  }
  EXPECT_EQ(moving, 6) << "all training views";
  const Json test = ReadJson(folder_ / "refined/metrics.json")["test"];
  EXPECT_TRUE(test["fitted_poses"].contains("psnr"));
  EXPECT_FALSE(ReadJson(folder_ / "fixed/metrics.json")["test"].contains("fitted_poses"));
  EXPECT_EQ(ReadJson(folder_ / "refined/metrics.json")["train"]["refine_poses"], "on");
}

}  // namespace
}  // namespace splat
