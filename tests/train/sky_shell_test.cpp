#include "train/sky_shell.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/torch_scenes.h"

namespace splat::train {
namespace {

using splat::testing::PinholeView;

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

}  // namespace
}  // namespace splat::train
