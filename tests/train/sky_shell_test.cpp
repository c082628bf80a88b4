#include "train/sky_shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

using splat::testing::PinholeView;
using splat::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

data::Dataset TwoCameras() {
  data::Dataset dataset;
  dataset.extent = 5;
  for (const double x : {-1.0, 3.0}) {
    dataset.views.push_back(PinholeView("", 64, 48));
    dataset.views.back().camera.camera_from_world.translation = {-x, 0, 0};
  }
  return dataset;
}

TEST(SkyRadius, IsFarBeyondCamerasAndPoints) {
  data::Dataset dataset = TwoCameras();
  EXPECT_EQ(SkyRadius(dataset), 5 * kSkyDistance);
  dataset.extent = 0.1;  // cameras that stand close together look as far as others
  EXPECT_EQ(SkyRadius(dataset), data::kAlignedDistance * kSkyDistance);
  for (int i = 0; i < 400; ++i) dataset.points.positions.push_back({1, 0, i < 398 ? 300.0 : 1e6});
  EXPECT_EQ(SkyRadius(dataset), 600) << "twice as far as the points, but for those that are wrong";
  EXPECT_LT(BeyondScene(dataset.extent), SkyRadius(dataset));
}

TEST(AddSky, PutsASplatIntoEachDirection) {
  const data::Dataset dataset = TwoCameras();
  data::OpenSky sky;
  sky.directions = {{0, -1, 0}, {0.6, -0.8, 0}};
  sky.colors = {{0, 51, 255}, {255, 255, 255}};
  sky.spacing = 0.1;
  const SplatModel before = splat::testing::RandomModel(7, 1, 3);
  SplatModel model = before;
  AddSky(sky, dataset, model);
  ASSERT_EQ(model.count(), 9);
  for (int array = 0; array < kSplatArrays; ++array)
    EXPECT_TRUE(torch::equal(model[array].slice(0, 0, 7), before[array]));
  const torch::Tensor from_middle = model.means.slice(0, 7) - torch::tensor({1.0f, 0.0f, 0.0f});
  EXPECT_TRUE(torch::allclose(from_middle, torch::tensor({0.0f, -150.0f, 0.0f, 90.0f, -120.0f, 0.0f}).view({2, 3})));
  EXPECT_NEAR(math::ShDcToColor(model.sh_dc[7][1].item<float>()), 0.2, 1e-5);
  EXPECT_NEAR(std::exp(model.log_scales[8][0].item<float>()), 0.6 * 0.1 * 150, 1e-3);
  EXPECT_GT(math::Sigmoid(model.opacity_logits[8].item<float>()), 0.8);
  AddSky({}, dataset, model);
  EXPECT_EQ(model.count(), 9);
}

// Four photos that show so many rows of sky, of 48, with points on the ground.
data::Dataset Photos(const TempDir& folder, int sky_rows) {
  data::Dataset dataset;
  Image8 photo(64, 48, 3);
  for (int y = 0; y < 48; ++y) {
    const uint8_t blue[3] = {90, 140, 210}, earth[3] = {120, 90, 60};
    for (int x = 0; x < 64; ++x) std::copy_n(y < sky_rows ? blue : earth, 3, photo.At(x, y));
  }
  data::WriteImage(folder / "photo.png", photo);
  for (int i = 0; i < 4; ++i) dataset.views.push_back(PinholeView(folder / "photo.png", 64, 48));
  for (int i = 0; i < 500; ++i) dataset.points.positions.push_back({0.1 * (i % 20) - 1, 1, 4 + 0.1 * (i / 20)});
  return dataset;
}

// What is said of the choice.
std::vector<std::string> LinesOf(const data::Dataset& dataset, const std::string& mode, int64_t room = 1000) {
  TrainConfig config;
  config.sky = mode;
  std::vector<std::string> lines;
  ChosenSky(dataset, config, room, [&](LogLevel, const std::string& line) { lines.push_back(line); });
  return lines;
}

TEST(ChosenSky, SaysWhatWasFound) {
  const TempDir folder;
  data::Dataset dataset = Photos(folder, 3);
  const auto little = HasSubstr("the photos show sky in 6 % of their pixels");
  EXPECT_THAT(LinesOf(dataset, "auto"), ElementsAre(AllOf(little, HasSubstr("; off"))));
  EXPECT_THAT(LinesOf(dataset, "on"), ElementsAre(AllOf(little, HasSubstr("splats of it begin 30 times as far"))));
  EXPECT_THAT(LinesOf(dataset, "off"), IsEmpty());
  EXPECT_THAT(LinesOf(Photos(folder, 24), "auto"), ElementsAre(HasSubstr("in 50 % of their pixels; ")));
}

TEST(ChosenSky, SaysWhyThereIsNone) {
  const TempDir folder;
  data::Dataset dataset = Photos(folder, 24);
  const auto no_room = HasSubstr(": the points leave no room for splats of it");
  EXPECT_THAT(LinesOf(dataset, "on", 0), ElementsAre(no_room));
  EXPECT_THAT(LinesOf(dataset, "auto", 0), ElementsAre(no_room));
  dataset.few_points = true;
  EXPECT_THAT(LinesOf(dataset, "on"), ElementsAre(HasSubstr("--sky on: the poses come with too few points")));
  EXPECT_THAT(LinesOf(dataset, "auto"),
              ElementsAre(AllOf(HasSubstr("--sky auto: the poses come with too few points"), HasSubstr("; off"))));
  dataset.points = {};
  EXPECT_THAT(LinesOf(dataset, "on"), ElementsAre(HasSubstr("--sky on: the poses come without points")));
  EXPECT_THAT(LinesOf(dataset, "auto"), ElementsAre(HasSubstr("--sky auto: the poses come without points")));
  const data::Dataset ground = Photos(folder, 0);
  EXPECT_THAT(LinesOf(ground, "on"), ElementsAre(HasSubstr("no sky was found in which two photos agree")));
  EXPECT_THAT(LinesOf(ground, "auto"), ElementsAre("--sky auto: the photos show sky in 0 % of their pixels; off"));
}

}  // namespace
}  // namespace splat::train
