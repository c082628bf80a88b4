#include "train/initial_splats.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
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

TEST(InitialModel, NoChannelBeginsWhereItHasNoGradient) {
  const SplatModel model = InitialModel(Grid(3, 1), InitConfig{}, 1);
  const Vec3<float> color = {0.5f, math::ShDcToColor(model.sh_dc[0][1].item<float>()), 0.5f};
  EXPECT_GT(color.y, 0) << "of a point that is 0 there";
  EXPECT_LT(color.y, 1.0f / 255);
  EXPECT_EQ(math::ClampColorBackward(color, {1, 1, 1}).y, 1);
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

TEST(InitialModel, CopiesOfPointsCountOnceWithTheirMeanColour) {
  const data::Dataset once = Grid(5, 0.25);
  const SplatModel expected = InitialModel(once, InitConfig{}, 1);
  for (const int copies : {2, 3, 4, 8, 20}) {
    for (const double distance : {0.0, 1e-4}) {  // from the first copy, x the spacing
      SCOPED_TRACE(::testing::Message() << copies << " copies up to " << distance << " apart");
      data::Dataset dataset = once;
      Random random(4);
      for (int k = 1; k < copies; ++k) {
        for (size_t i = 0; i < once.points.positions.size(); ++i) {
          const double x = random.Uniform(-1, 1), y = random.Uniform(-1, 1), z = random.Uniform(-1, 1);
          dataset.points.positions.push_back(once.points.positions[i] + 0.25 * distance * Vec3<double>{x, y, z});
          dataset.points.colors.push_back(once.points.colors[i]);
        }
      }
      const SplatModel model = InitialModel(dataset, InitConfig{}, 1);
      ASSERT_EQ(model.count(), expected.count());
      EXPECT_EQ(InitialSplatCount(dataset, InitConfig{}), expected.count());
      EXPECT_TRUE(torch::equal(model.means, expected.means));
      EXPECT_TRUE(torch::equal(model.log_scales, expected.log_scales));
      EXPECT_TRUE(torch::equal(model.opacity_logits, expected.opacity_logits));
      EXPECT_TRUE(torch::equal(model.sh_dc, expected.sh_dc));
    }
  }
  data::Dataset two = Grid(1, 1);
  two.points.colors[0] = {10, 20, 30};
  two.points.positions.push_back(two.points.positions[0]);
  two.points.colors.push_back({20, 21, 30});
  const SplatModel mean = InitialModel(two, InitConfig{}, 1);
  ASSERT_EQ(mean.count(), 1);
  EXPECT_NEAR(math::ShDcToColor(mean.sh_dc[0][0].item<float>()), 15 / 255.0, 1e-5);
  EXPECT_NEAR(math::ShDcToColor(mean.sh_dc[0][1].item<float>()), 21 / 255.0, 1e-5) << "halves are rounded up";
}

// Splats neither vanish nor cover everything, however few the points are or far away one of them is.
TEST(InitialModel, FewAndFarPointsGetScalesOfTheScene) {
  for (const int side : {1, 2}) {
    data::Dataset dataset = Grid(side, 1);
    dataset.points.positions.push_back({1e6, 0, 0});
    dataset.points.colors.push_back({1, 2, 3});
    const torch::Tensor scales = InitialModel(dataset, InitConfig{}, 1).log_scales.exp();
    EXPECT_LE(scales.max().item<float>(), 0.1001 * dataset.extent);
    EXPECT_GE(scales.min().item<float>(), 1e-3 * dataset.extent);
  }
  const data::Dataset lone = Grid(1, 1);
  EXPECT_NEAR(InitialModel(lone, InitConfig{}, 1).log_scales.exp().max().item<float>(), 0.01 * lone.extent, 1e-5);
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
  EXPECT_EQ(InitialSplatCount(dataset, config), 500);
  EXPECT_TRUE(torch::equal(a.means, b.means));
  EXPECT_FALSE(torch::equal(a.means, c.means));
  EXPECT_LT(a.means.abs().max().item<float>(), 4);
  dataset.points = Grid(2, 0.1).points;
  dataset.few_points = true;
  const SplatModel both = InitialModel(dataset, config, 1);
  ASSERT_EQ(both.count(), 504);
  EXPECT_EQ(InitialSplatCount(dataset, config), 504);
  EXPECT_TRUE(torch::equal(both.means.slice(0, 4), a.means)) << "the same random points behind the given ones";
}

}  // namespace
}  // namespace splat::train
