// splat-render: a scene of splat-train from the cameras of its run and of its poses, and scenes of other tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "io/read_file.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"
#include "tests/support/train_on_balls.h"

namespace splat {
namespace {

using ::splat::testing::FilesIn;
using ::splat::testing::LargestDifference;
using ::splat::testing::ProcessOutput;
using ::splat::testing::RunProgram;
using ::splat::testing::TempDir;

const char* const kRender = SPLAT_BINARY_DIR "/apps/splat-render";

// The PLY stores normalised quaternions, so a render of it may round one pixel's value the other way.
constexpr int kRenderTolerance = 1;

class RenderOfBalls : public testing::TrainOnBallsTest {};

TEST_F(RenderOfBalls, RepeatsTheRendersOfTheTraining) {
  Train("out", {"--iterations", "100", "--test-every", "4", "--save-renders", "--background", "white"});
  const auto render = [&](const std::vector<std::string>& further) {
    std::vector<std::string> command = {kRender, folder_ / "out/scene.ply"};  // which says that it is white behind it
    command.insert(command.end(), further.begin(), further.end());
    const ProcessOutput output = RunProgram(command);
    EXPECT_EQ(output.exit_code, 0) << output.err;
  };
  render({"--cameras", folder_ / "out/cameras.json", "--output", folder_ / "test_views", "--split", "test"});
  EXPECT_EQ(FilesIn(folder_ / "test_views").size(), 2u);
  // The COLMAP model is in its own frame; scene_transform.json beside the scene leads there.
  render({"--cameras", folder_ / "balls/sparse/0", "--output", folder_ / "all_views"});
  EXPECT_EQ(FilesIn(folder_ / "all_views").size(), 8u);
  for (const char* name : {"photo_00", "photo_04"}) {
    const std::string expected = folder_ / (std::string("out/renders/") + name + "_render.png");
    EXPECT_LE(LargestDifference(folder_ / (std::string("test_views/") + name + ".png"), expected), kRenderTolerance);
    EXPECT_LE(LargestDifference(folder_ / (std::string("all_views/") + name + ".png"), expected), kRenderTolerance);
  }
  render({"--cameras", folder_ / "out/cameras.json", "--output", folder_ / "small", "--downscale", "2", "--background",
          "black"});
  const Image8 small = data::ReadPhoto(folder_ / "small/photo_03.png").image;
  EXPECT_EQ(small.width, 32);
  EXPECT_LT(small.pixels[0], 128);  // a corner, where nothing is
}

TEST_F(RenderOfBalls, PhotosAreNotReplacedByRenders) {
  Train("out", {"--iterations", "5"});
  const std::string photo = ReadFile(folder_ / "balls/images/photo_03.png");
  const ProcessOutput output = RunProgram({kRender, folder_ / "out/scene.ply", "--cameras", folder_ / "balls/sparse/0",
                                           "--output", folder_ / "balls/images"});
  EXPECT_EQ(output.exit_code, 1);
  EXPECT_THAT(output.err, ::testing::HasSubstr("photo_00.png: exists already and is no render of ours"));
  EXPECT_EQ(ReadFile(folder_ / "balls/images/photo_03.png"), photo);
}

TEST(SplatRender, ShowsScenesOfOtherToolsFromAllSides) {
  SPLAT_TEST_DATA_OR_SKIP(scene, "splats/plush_dog/point_cloud_29999_clean.ply");
  TempDir folder;
  const ProcessOutput output =
      RunProgram({kRender, scene, "--orbit", "3", "--width", "160", "--output", folder / "out"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  const std::vector<std::string> files = FilesIn(folder / "out");
  EXPECT_EQ(files.size(), 3u);
  for (const std::string& file : files) {
    const Image8 image = data::ReadPhoto(folder / ("out/" + file)).image;
    const auto lit = std::count_if(image.pixels.begin(), image.pixels.end(), [](uint8_t value) { return value > 20; });
    EXPECT_GT(double(lit) / double(image.pixels.size()), 0.05) << file;  // the dog fills more than that
  }
}

}  // namespace
}  // namespace splat
