#include "train/init.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::train {
namespace {

data::Dataset Grid(int side, double spacing) {
  data::Dataset dataset;
  dataset.extent = 5;
  for (int x = 0; x < side; ++x) {
    for (int y = 0; y < side; ++y) {
      dataset.points.positions.push_back({x * spacing, y * spacing, 0});
      dataset.points.colors.push_back({255, 0, 51});
    }
  }
  return dataset;
}

TEST(InitialModel, ScaleIsTheDistanceToTheNeighbours) {
  const SplatModel model = InitialModel(Grid(5, 0.25), InitConfig{}, 1);
  ASSERT_EQ(model.count(), 25);
  constexpr double kTolerance = 1e-5;  // float logarithm
  EXPECT_NEAR(std::exp(model.log_scales[12][0].item<float>()), 0.25,
              kTolerance);  // an inner point: three at one spacing
  EXPECT_NEAR(std::exp(model.log_scales[0][0].item<float>()), 0.25 * (1 + 1 + std::sqrt(2.0)) / 3, kTolerance);
}

TEST(InitialModel, TakesColourAndOpacity) {
  const SplatModel model = InitialModel(Grid(3, 1), InitConfig{}, 1);
  EXPECT_NEAR(math::ShDcToColor(model.sh_dc[0][0].item<float>()), 1, 1e-5);
  EXPECT_NEAR(math::ShDcToColor(model.sh_dc[0][2].item<float>()), 0.2, 1e-5);
  EXPECT_NEAR(math::Sigmoid(model.opacity_logits[0].item<float>()), InitConfig{}.opacity, 1e-5);
  EXPECT_EQ(model.sh_rest.size(1), 15);
}

TEST(InitialModel, DuplicatedAndLonePointsGetFiniteScales) {
  data::Dataset dataset = Grid(1, 1);
  EXPECT_TRUE(torch::isfinite(InitialModel(dataset, InitConfig{}, 1).log_scales).all().item<bool>());
  for (int i = 0; i < 50; ++i) {
    dataset.points.positions.push_back({0, 0, 0});
    dataset.points.colors.push_back({1, 2, 3});
  }
  const SplatModel model = InitialModel(dataset, InitConfig{}, 1);
  EXPECT_TRUE(torch::isfinite(model.log_scales).all().item<bool>());
  EXPECT_LE(model.log_scales.max().item<float>(), std::log(0.1 * dataset.extent) + 1e-5);
}

TEST(InitialModel, WithoutPointsIsRandomAndSeeded) {
  data::Dataset dataset;
  dataset.extent = 4;
  data::View view;
  view.camera.width = view.camera.height = 10;
  view.camera.fx = view.camera.fy = 10;
  view.camera.camera_from_world.translation = {0, 0, 4};
  dataset.views.push_back(view);
  InitConfig config;
  config.random_points = 500;
  const SplatModel a = InitialModel(dataset, config, 1), b = InitialModel(dataset, config, 1),
                   c = InitialModel(dataset, config, 2);
  ASSERT_EQ(a.count(), 500);
  EXPECT_TRUE(torch::equal(a.means, b.means));
  EXPECT_FALSE(torch::equal(a.means, c.means));
  EXPECT_LT(a.means.abs().max().item<float>(), 4);
}

}  // namespace
}  // namespace splat::train
