// splat-eval: it says of a run what the run says of itself, evaluates scenes of other programs, and tells in one line
// what it cannot do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/photos/image_io.h"
#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "scene/orbit.h"
#include "tests/support/ball_photos.h"
#include "tests/support/byte_writer.h"
#include "tests/support/process.h"
#include "tests/support/small_capture.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat {
namespace {

using ::splat::testing::ProcessOutput;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Json = nlohmann::json;

namespace fs = std::filesystem;

const char* const kTrain = SPLAT_BINARY_DIR "/apps/splat-train";
const char* const kEval = SPLAT_BINARY_DIR "/apps/splat-eval";
const char* const kRender = SPLAT_BINARY_DIR "/apps/splat-render";

constexpr double kAgreement_db = 0.01;  // scene files round, and store rotations normalised
constexpr double kAgreement = 1e-4;     // of SSIM

Json ReadJson(const std::string& path) {
  return Json::parse(ReadFile(path));
}

class SplatEval : public ::testing::Test {
 protected:
  ProcessOutput Run(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {kEval};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return RunProgram(command, 300, folder_.path());
  }
  // evaluation.json of an evaluation that succeeds. Paths are relative to the test's folder.
  Json Evaluated(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--output", "evaluation"});
    const ProcessOutput output = Run(arguments);
    EXPECT_EQ(output.exit_code, 0) << output.err;
    if (output.exit_code != 0) return {};
    return ReadJson(folder_ / "evaluation/evaluation.json");
  }
  // Trains on the balls in 30 steps; by default two of the eight photos are held out.
  void TrainOnBalls(const std::vector<std::string>& further = {}, int test_every = 4) {
    testing::WriteBallPhotos(folder_ / "balls");
    std::vector<std::string> command = {kTrain,
                                        "--images",
                                        "balls/images",
                                        "--output",
                                        "out",
                                        "--iterations",
                                        "30",
                                        "--export",
                                        "ply",
                                        "--test-every",
                                        std::to_string(test_every)};
    command.insert(command.end(), further.begin(), further.end());
    const ProcessOutput output = RunProgram(command, 300, folder_.path());
    ASSERT_EQ(output.exit_code, 0) << output.err;
  }
  // That every view has the figures of the run's metrics.json.
  void ExpectTheRunsFigures(const Json& evaluation) const {
    const Json test = ReadJson(folder_ / "out/metrics.json")["test"];
    ASSERT_EQ(evaluation["views"].size(), test["views"].size());
    for (size_t i = 0; i < test["views"].size(); ++i) {
      const Json &ours = evaluation["views"][i], &runs = test["views"][i];
      EXPECT_EQ(ours["name"], runs["name"]);
      EXPECT_NEAR(ours["raw"]["psnr"].get<double>(), runs["psnr"].get<double>(), kAgreement_db) << ours["name"];
      EXPECT_NEAR(ours["raw"]["ssim"].get<double>(), runs["ssim"].get<double>(), kAgreement) << ours["name"];
    }
    EXPECT_NEAR(evaluation["mean"]["raw"]["psnr"].get<double>(), test["psnr"].get<double>(), kAgreement_db);
  }
  // Status 1 and one line "splat-eval: error: ... expected ..." after any warnings.
  void ExpectOneClearLine(const std::vector<std::string>& arguments, const std::string& expected) const {
    const ProcessOutput output = Run(arguments);
    EXPECT_EQ(output.exit_code, 1) << output.out;
    const size_t begin = output.err.find("splat-eval: error: ");
    ASSERT_NE(begin, std::string::npos) << output.err;
    const std::string line = output.err.substr(begin);
    EXPECT_THAT(line, HasSubstr(expected));
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  }

  TempDir folder_;
};

TEST_F(SplatEval, SaysOfARunWhatTheRunSaysOfItself) {
  TrainOnBalls();
  ExpectTheRunsFigures(Evaluated({"out/scene.ply"}));
  ExpectTheRunsFigures(Evaluated({"out/scene.ply", "--cameras", "out/cameras.json"}));
  ExpectTheRunsFigures(Evaluated({"out/scene.ply", "--photos", "balls/images", "--cameras", "balls/sparse/0"}));
  EXPECT_THAT(Evaluated({"out/scene.ply", "--split", "all"})["views"], SizeIs(8));
}

TEST_F(SplatEval, HoldsInTheFrameOfThePosesAndOnAnyBackground) {
  TrainOnBalls({"--no-align", "--background", "#4080c0", "--downscale", "2"});
  const Json evaluation = Evaluated({"out/scene.ply"});
  ExpectTheRunsFigures(evaluation);
  EXPECT_EQ(evaluation["views"][0]["width"], 32);
  ExpectTheRunsFigures(Evaluated({"out/scene.ply", "--photos", "balls/images", "--cameras", "balls/sparse/0"}));
}

// What masks drop counts in neither, unless the command line says so.
TEST_F(SplatEval, LeavesOutWhatTheRunsMasksDrop) {
  testing::WriteBallPhotos(folder_ / "balls");
  fs::create_directories(folder_ / "upper");
  for (const auto& photo : fs::directory_iterator(folder_ / "balls/images")) {
    Image8 mask(64, 48, 3);
    std::fill_n(mask.pixels.begin(), mask.pixels.size() / 2, uint8_t(255));
    data::WriteImage(folder_ / ("upper/" + photo.path().stem().string() + ".png"), mask);
  }
  TrainOnBalls({"--masks", "upper"});
  const Json evaluation = Evaluated({"out/scene.ply"});
  ExpectTheRunsFigures(evaluation);
  const auto psnr = [](const Json& of) { return of["mean"]["raw"]["psnr"].get<double>(); };
  const double whole = psnr(Evaluated({"out/scene.ply", "--masks", "off"}));
  EXPECT_GT(std::abs(whole - psnr(evaluation)), 3 * kAgreement_db);
  EXPECT_NEAR(
      psnr(Evaluated({"out/scene.ply", "--photos", "balls/images", "--cameras", "balls/sparse/0", "--masks", "upper"})),
      psnr(evaluation), kAgreement_db);
  fs::rename(folder_ / "upper", folder_ / "moved");
  ExpectOneClearLine({"out/scene.ply"}, "the masks of this run are not in upper any more; pass --masks DIR");
}

TEST_F(SplatEval, SaysThatMasksWhichTheRunFoundAreGone) {
  testing::WriteBallPhotos(folder_ / "balls");
  fs::create_directories(folder_ / "balls/masks");
  Image8 mask(64, 48, 3);
  std::fill_n(mask.pixels.begin(), mask.pixels.size() / 2, uint8_t(255));
  data::WriteImage(folder_ / "balls/masks/photo_00.png", mask);
  TrainOnBalls();
  EXPECT_THAT(Run({"out/scene.ply"}).err, Not(HasSubstr("had masks")));
  fs::remove_all(folder_ / "balls/masks");
  EXPECT_THAT(Run({"out/scene.ply"}).err, HasSubstr("1 photos of this run had masks, and none are found now"));
  EXPECT_THAT(Run({"out/scene.ply", "--masks", "off"}).err, Not(HasSubstr("had masks")));
}

// The lens is the run's, the camera that of cameras.json.
TEST_F(SplatEval, HoldsForPhotosOfALens) {
  ThreadPool pool(2);
  capture::CaptureOptions options;
  options.photos = 8;
  options.width = 96;
  options.height = 72;
  options.samples_per_side = 1;
  options.distortion.k1 = -0.12;
  options.distortion.k2 = 0.02;
  capture::WriteCapture(options, folder_ / "capture", pool, {});
  const ProcessOutput output = RunProgram({kTrain, "--images", "capture/photos", "--poses", "capture/truth", "--output",
                                           "out", "--iterations", "30", "--export", "ply,spz", "--test-every", "4"},
                                          300, folder_.path());
  ASSERT_EQ(output.exit_code, 0) << output.err;
  ExpectTheRunsFigures(Evaluated({"out/scene.ply"}));
  EXPECT_THAT(Evaluated({"out/scene.spz"})["views"], SizeIs(2));
  fs::create_directories(folder_ / "elsewhere");
  fs::copy(folder_ / "out/cameras.json", folder_ / "elsewhere/cameras.json");
  const ProcessOutput without_run =
      Run({"out/scene.ply", "--photos", "capture/photos", "--cameras", "elsewhere/cameras.json"});
  EXPECT_EQ(without_run.exit_code, 0) << without_run.err;
  EXPECT_THAT(without_run.out, HasSubstr("free of lens distortion"));
}

// A run that was moved away with its photos, as both lie beside each other.
TEST_F(SplatEval, FindsThePhotosBesideTheRunFromAnyFolder) {
  TrainOnBalls();
  const ProcessOutput output = RunProgram({kEval, folder_ / "out/scene.ply"}, 300, "/");
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.out, HasSubstr("mean of 2"));
}

// Photos in a folder, and of names, that are Latin-1; two of them differ in such a letter alone.
TEST_F(SplatEval, NamesThatAreNoUtf8AreFoundAgain) {
  const fs::path model = fs::path(folder_.path()) / "f\xFCr/sparse/0",
                 images = fs::path(folder_.path()) / "f\xFCr/images";
  testing::WriteBallPhotos(folder_ / "f\xFCr");
  std::string text = ReadFile((model / "images.txt").string());
  for (const auto& [from, to] : {std::pair("photo_00", "k\xFC"), std::pair("photo_04", "k\xF6")}) {
    text.replace(text.find(from), std::string(from).size(), to);
    fs::rename(images / (std::string(from) + ".png"), images / (std::string(to) + ".png"));
  }
  WriteFileAtomically((model / "images.txt").string(), [&](std::ostream& out) { out << text; });
  const ProcessOutput train = RunProgram({kTrain, "--images", "f\xFCr/images", "--output", "out", "--iterations", "30",
                                          "--export", "ply", "--test-every", "4", "--color", "exposure"},
                                         300, folder_.path());
  ASSERT_EQ(train.exit_code, 0) << train.err;
  ExpectTheRunsFigures(Evaluated({"out/scene.ply"}));
  EXPECT_THAT(Evaluated({"out/scene.ply", "--split", "all"})["views"], SizeIs(8));
  const ProcessOutput render = RunProgram({kRender, "out/scene.ply", "--cameras", "out/cameras.json", "--split",
                                           "train", "--photo-colors", "out/photo_colors.json", "--output", "views"},
                                          300, folder_.path());
  EXPECT_EQ(render.exit_code, 0) << render.err;
  EXPECT_THAT(render.err, IsEmpty());
  EXPECT_TRUE(fs::exists(fs::path(folder_.path()) / "views/k\xFC.png"));
}

TEST_F(SplatEval, LeavesATableJsonAndImages) {
  TrainOnBalls();
  const ProcessOutput output =
      Run({"out/scene.ply", "--output", "evaluation", "--worst", "1", "--save-renders", "--split", "all"});
  ASSERT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.err, "");
  for (const char* text : {"PSNR dB", "SSIM", "MS-SSIM", "FLIP", "photo_00.png", "mean of 8",
                           "mean, affine colour correction", "mean, quadratic colour correction"}) {
    EXPECT_THAT(output.out, HasSubstr(text));
  }
  const Json evaluation = ReadJson(folder_ / "evaluation/evaluation.json");
  EXPECT_EQ(evaluation["scene"], "out/scene.ply");
  EXPECT_TRUE(evaluation["mean"]["raw"]["ms_ssim"].is_null()) << "the photos are too small";
  double worst = 1e9;
  std::string comparison;
  for (const Json& view : evaluation["views"]) {
    for (const char* key : {"photo", "render"}) {
      const Image8 image = data::ReadPhoto(folder_ / ("evaluation/" + view[key].get<std::string>())).image;
      EXPECT_EQ(image.width, 64);
    }
    const double psnr = view["raw"]["psnr"];
    if (psnr < worst) comparison = view.value("comparison", "");
    worst = std::min(worst, psnr);
    EXPECT_GE(view["affine"]["psnr"].get<double>(), 0);
    EXPECT_TRUE(view["quadratic"]["flip"].is_number());
  }
  ASSERT_NE(comparison, "") << "the worst view is shown";
  EXPECT_EQ(data::ReadPhoto(folder_ / ("evaluation/" + comparison)).image.width, 3 * 64 + 2 * 4);
  const auto entries = fs::directory_iterator(folder_ / "evaluation/worst");
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

// The photos are the scene's own images, so that the figures are known.
TEST_F(SplatEval, EvaluatesASceneOfAnotherTrainer) {
  SPLAT_TEST_DATA_OR_SKIP(scene, "splats/plush_dog/point_cloud_29999_clean.ply");
  const SplatCloud cloud = formats::ReadScene(scene);
  const std::vector<NamedCamera> cameras =
      OrbitCameras(OrbitAround(SphereAroundMost(SplatSelection(cloud.View()))), 3, 240);
  formats::WriteInriaCameras(folder_ / "cameras.json", cameras);
  const ProcessOutput output =
      RunProgram({kRender, scene, "--cameras", folder_ / "cameras.json", "--output", folder_ / "photos"}, 300);
  ASSERT_EQ(output.exit_code, 0) << output.err;
  const std::vector<std::string> arguments = {scene,          "--photos", "photos", "--cameras",
                                              "cameras.json", "--split",  "all"};
  const Json same = Evaluated(arguments);
  ASSERT_THAT(same["views"], SizeIs(3));
  EXPECT_EQ(same["mean"]["raw"]["psnr"], 100);
  EXPECT_EQ(same["mean"]["raw"]["flip"], 0);
  for (const auto& entry : fs::directory_iterator(folder_ / "photos")) {
    Image8 photo = data::ReadPhoto(entry.path().string()).image;
    for (uint8_t& value : photo.pixels) value = uint8_t(0.8 * value + 10);
    data::WriteImage(entry.path().string(), photo);
  }
  const Json darker = Evaluated(arguments);
  EXPECT_LT(darker["mean"]["raw"]["psnr"], 35);
  EXPECT_GT(darker["mean"]["affine"]["psnr"], 45);
  EXPECT_GT(darker["mean"]["quadratic"]["psnr"], 45);
}

// A cameras.json without a run says the size, unless the photos are smaller.
TEST_F(SplatEval, ListedCamerasHaveASizeOfTheirOwn) {
  TrainOnBalls();
  fs::create_directories(folder_ / "alone");
  fs::copy(folder_ / "out/scene.ply", folder_ / "alone/scene.ply");
  fs::copy(folder_ / "out/scene_transform.json", folder_ / "alone/scene_transform.json");
  const Json full = ReadJson(folder_ / "out/cameras.json");
  const double psnr = ReadJson(folder_ / "out/metrics.json")["test"]["psnr"];
  for (const double factor : {0.5, 1.0, 2.0}) {
    Json cameras = full;
    for (Json& camera : cameras) {
      for (const char* key : {"fx", "fy", "cx", "cy"}) camera[key] = factor * camera[key].get<double>();
      for (const char* key : {"width", "height"}) camera[key] = int(factor * camera[key].get<double>());
    }
    std::ofstream(folder_ / "alone/cameras.json") << cameras;
    const Json evaluation =
        Evaluated({"alone/scene.ply", "--photos", "balls/images", "--cameras", "alone/cameras.json"});
    EXPECT_EQ(evaluation["views"][0]["width"], int(64 * std::min(1.0, factor))) << factor;
    if (factor < 1) continue;
    EXPECT_NEAR(evaluation["mean"]["raw"]["psnr"].get<double>(), psnr, kAgreement_db) << factor;
  }
}

TEST_F(SplatEval, OneBadPhotoEndsItsOwnViewOnly) {
  TrainOnBalls();
  const std::string photo = folder_ / "balls/images/photo_04.png";
  std::string bytes = ReadFile(photo);
  const auto write = [&](const std::string& content) {
    std::ofstream(photo, std::ios::binary | std::ios::trunc) << content;
  };
  bytes.replace(bytes.size() / 2, 40, std::string(40, '\x55'));  // its header is whole
  write(bytes);
  const ProcessOutput torn = Run({"out/scene.ply", "--output", "evaluation"});
  EXPECT_EQ(torn.exit_code, 0) << torn.err;
  EXPECT_THAT(torn.err, HasSubstr("photo_04.png"));
  write("no photo");
  const Json evaluation = Evaluated({"out/scene.ply"});
  EXPECT_THAT(evaluation["views"], SizeIs(1));
  fs::remove(photo);
  const ProcessOutput missing = Run({"out/scene.ply"});
  EXPECT_EQ(missing.exit_code, 0) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("1 of 8 photos"));
  EXPECT_THAT(missing.err, HasSubstr("photo_04.png"));
  EXPECT_THAT(missing.out, HasSubstr("mean of 1"));
}

TEST_F(SplatEval, APhotoOfAnotherShapeIsLeftOutByName) {
  TrainOnBalls();
  data::WriteImage(folder_ / "balls/images/photo_04.png", Image8(64, 64, 3));
  const ProcessOutput output = Run({"out/scene.ply"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_THAT(output.err, HasSubstr("photo_04.png: is 64x64"));
  EXPECT_THAT(output.out, HasSubstr("mean of 1"));
}

TEST_F(SplatEval, SaysInOneLineWhatIsMissing) {
  ExpectOneClearLine({}, "scene is required");
  ExpectOneClearLine({"none.ply"}, "none.ply");
  TrainOnBalls({}, 0);
  ExpectOneClearLine({"out/scene.ply"}, "pass --test-every N as in the training, or --split all");
  EXPECT_EQ(Run({"out/scene.ply", "--test-every", "3"}).exit_code, 0);
  ExpectOneClearLine({"out/scene.ply", "--cameras", "nowhere"}, "--cameras nowhere: does not exist");
  ExpectOneClearLine({"out/scene.ply", "--worst", "2"}, "--worst needs --output");
  ExpectOneClearLine({"out/scene.ply", "--save-renders"}, "--save-renders needs --output");
  ExpectOneClearLine({"out/scene.ply", "--test-every", "3", "--lpips", "out/scene.ply"},
                     "--lpips out/scene.ply: is no");
  ExpectOneClearLine({"out/scene.ply", "--split", "train"}, "--split");
  ExpectOneClearLine({"out/scene.ply", "--downscale", "x"}, "use a whole number from 1 to 64");
  ExpectOneClearLine({"out/scene.ply", "--alpha", "some"}, "background");
  std::ofstream(folder_ / "empty.ply") << "ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n";
  ExpectOneClearLine({"empty.ply", "--photos", "balls/images"}, "empty.ply: ");
  fs::create_directories(folder_ / "alone");
  fs::copy(folder_ / "out/scene.ply", folder_ / "alone/scene.ply");
  ExpectOneClearLine({"alone/scene.ply"}, "pass --photos DIR");
  std::ofstream(folder_ / "alone/config.json") << "{\"version\": ";
  ExpectOneClearLine({"alone/scene.ply"}, "alone/config.json: line 1, column 13: is not valid JSON here");
  fs::rename(folder_ / "balls/sparse", folder_ / "model");
  ExpectOneClearLine({"alone/scene.ply", "--photos", "balls/images"}, "pass --cameras PATH");
  fs::rename(folder_ / "balls", folder_ / "gone");
  ExpectOneClearLine({"out/scene.ply"}, "are not in balls/images any more; pass --photos DIR");
}

TEST_F(SplatEval, SaysWhereTheCamerasSeeNothing) {
  TrainOnBalls();
  fs::create_directories(folder_ / "alone");
  fs::copy(folder_ / "out/scene.ply", folder_ / "alone/scene.ply");
  Json cameras = ReadJson(folder_ / "out/cameras.json");
  for (Json& camera : cameras) camera["position"] = {1e5, 1e5, 1e5};
  std::ofstream(folder_ / "alone/cameras.json") << cameras;
  const std::vector<std::string> arguments = {"alone/scene.ply", "--photos", "balls/images", "--cameras",
                                              "alone/cameras.json"};
  EXPECT_THAT(Run(arguments).err, HasSubstr("show next to nothing"));
  EXPECT_THAT(Evaluated(arguments)["warnings"].dump(), HasSubstr("show next to nothing"));
}

TEST_F(SplatEval, OthersFilesInItsFolderStay) {
  TrainOnBalls();
  fs::create_directories(folder_ / "evaluation/worst/films");
  testing::WriteBytes(folder_ / "evaluation/worst/holiday.png", "a photo");
  EXPECT_EQ(Evaluated({"out/scene.ply"})["views"].size(), 2u);
  EXPECT_EQ(ReadFile(folder_ / "evaluation/worst/holiday.png"), "a photo");
  EXPECT_TRUE(fs::exists(folder_ / "evaluation/worst/films"));
  for (const char* mine : {"{\"mine\": 1}", "{\"version\": 2}", "[1]", "mine", ""}) {
    testing::WriteBytes(folder_ / "evaluation/evaluation.json", mine);
    const ProcessOutput output = Run({"out/scene.ply", "--output", "evaluation"});
    EXPECT_EQ(output.exit_code, 1);
    EXPECT_THAT(output.err, HasSubstr("evaluation.json: exists already and is no report of splat-eval")) << mine;
  }
}

TEST_F(SplatEval, ASecondEvaluationLeavesNothingOfTheFirst) {
  TrainOnBalls();
  Evaluated({"out/scene.ply", "--worst", "2"});
  EXPECT_THAT(Evaluated({"out/scene.ply", "--worst", "1"})["views"], SizeIs(2));
  const fs::directory_iterator worst(folder_ / "evaluation/worst");
  EXPECT_EQ(std::distance(begin(worst), end(worst)), 1);
}

}  // namespace
}  // namespace splat
