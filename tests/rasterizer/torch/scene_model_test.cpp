#include "rasterizer/torch/scene_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/exporter.h"
#include "tests/support/model_tensors.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"

namespace splat {
namespace {

using ::splat::testing::TempDir;

TEST(SceneModel, AModelComesBackFromAFileAsItWas) {
  SplatModel model = testing::RandomModel(50, 3, 1);
  model.quats = model.quats / model.quats.norm(2, 1, true);
  TempDir folder;
  const HostModel host(model);
  formats::WriteScene(folder / "scene.ply", formats::ExporterNamed("ply"), SplatSelection(host.View()));
  const SplatModel read = ModelOf(formats::ReadScene(folder / "scene.ply"));
  const auto expected = TensorsOf(model);
  const auto tensors = TensorsOf(read);
  for (size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_TRUE(torch::equal(*tensors[i], *expected[i])) << SplatModel::Names()[i];
  }
}

TEST(SceneModel, TheTraitsOfASceneStayWithIt) {
  SplatCloud cloud = testing::RandomCloud(5, 1);
  cloud.traits.antialiasing = Antialiasing::kCompensated;
  cloud.traits.background = Rgb{0.25, 0.5, 1};
  const SplatModel model = ModelOf(cloud);
  for (const SceneTraits& traits :
       {model.traits, HostModel(model).View().traits, ToDevice(model, torch::kCPU).traits,
        SelectRows(model, torch::tensor({1, 3})).traits, SplatSelection(HostModel(model).View()).traits()}) {
    EXPECT_EQ(traits.antialiasing, Antialiasing::kCompensated);
    EXPECT_EQ(traits.background, (Rgb{0.25, 0.5, 1}));
  }
}

TEST(SceneModel, TensorsOutliveTheCloudTheyCameFrom) {
  const SplatCloud cloud = testing::RandomCloud(1000, 2);
  torch::Tensor means;
  {
    const SplatModel model = ModelOf(cloud);
    means = model.means;
  }
  EXPECT_EQ(means[999][2].item<float>(), cloud.means.back());
}

TEST(SceneModel, TheViewOfAModelWithGradientsIsItsValues) {
  SplatModel model = testing::RandomModel(10, 1, 2);
  model.means = torch::randn({3, 10}).t().contiguous();
  SetRequiresGrad(model, true);
  const HostModel host(model);
  EXPECT_EQ(host.View().count, 10);
  EXPECT_EQ(host.View().means[5], model.means[1][2].item<float>());
  EXPECT_EQ(host.View().sh_rest_count, 3);
}

TEST(SceneModel, AnEmptySceneIsAnEmptyModel) {
  const SplatModel model = ModelOf(SplatCloud(0, 3));
  EXPECT_EQ(model.count(), 0);
  EXPECT_EQ(model.max_sh_degree(), 3);
  EXPECT_EQ(SplatSelection(HostModel(model).View()).count(), 0);
}

}  // namespace
}  // namespace splat
