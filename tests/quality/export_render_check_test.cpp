// Images without LibTorch are those with it, and files that differ are told from those that do not.
#include "quality/export_render_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "quality/metrics.h"
#include "rasterizer/plain_render.h"
#include "rasterizer/torch/render_image8.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/axis_conventions.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"
#include "tests/support/torch_scenes.h"

namespace splat::quality {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::HasSubstr;

constexpr std::array<float, 3> kBlack = {0, 0, 0};
constexpr double kNear = 0.2;

class ExportRenderCheckTest : public ::testing::Test {
 protected:
  ExportRenderCheckTest() : model_(testing::RandomModel(300, 2, 5)), host_(model_), splats_(host_.View()) {}

  std::string Written(const SplatSelection& splats, const std::string& name) {
    formats::WriteScene(folder_ / name, formats::ExporterFor(name), splats);
    return folder_ / name;
  }
  ExportRenderCheck Check() {
    return ExportRenderCheck(splats_, {{testing::FrontCamera(96, 72)}, kNear}, kBlack, executor_);
  }

  SplatModel model_;
  HostModel host_;
  SplatSelection splats_;
  SerialExecutor executor_;
  testing::TempDir folder_;
};

TEST_F(ExportRenderCheckTest, APlainImageIsThatOfTheOperators) {
  model_.quats = model_.quats / model_.quats.norm(2, 1, true);  // as a selection gives them
  const Camera camera = testing::FrontCamera(96, 72);
  const Image8 plain = RenderPlainly(SplatSelection(HostModel(model_).View()), camera, kBlack, kNear, executor_);
  const Image8 torch_image = RenderToImage8(model_, camera, kBlack, kNear);
  ASSERT_EQ(plain.pixels.size(), torch_image.pixels.size());
  EXPECT_GT(quality::Psnr(plain, torch_image), 60);
  SplatSelection without_sh = splats_;
  without_sh.LimitShDegree(0);
  EXPECT_LT(quality::Psnr(RenderPlainly(without_sh, camera, kBlack, kNear, executor_), torch_image), 60);
}

TEST_F(ExportRenderCheckTest, SeesAMarkOfAntialiasedScenesThatWasLost) {
  model_.log_scales = model_.log_scales - 3;  // splats of less than a pixel, of which much is compensated
  model_.traits.antialiasing = Antialiasing::kCompensated;
  const HostModel host(model_);
  SplatCloudView view = host.View();
  const ExportRenderCheck check(SplatSelection(view), {{testing::FrontCamera(96, 72)}, kNear}, kBlack, executor_);
  EXPECT_GT(check.AgreementOf(Written(SplatSelection(view), "scene.ply"), {}), 60);
  EXPECT_GT(check.AgreementOf(Written(SplatSelection(view), "scene.glb"), {}), 60);
  // A format without a place for the mark is not to blame.
  EXPECT_GT(check.AgreementOf(Written(SplatSelection(view), "scene.splat"), {}), 30);
  view.traits.antialiasing = Antialiasing::kNone;
  for (const char* name : {"lost.ply", "lost.glb"}) {
    EXPECT_THAT(ErrorMessageOf([&] { check.AgreementOf(Written(SplatSelection(view), name), {}); }),
                HasSubstr("another scene"));
  }
}

TEST_F(ExportRenderCheckTest, LosslessAgreesMoreThanCoarse) {
  const ExportRenderCheck check = Check();
  EXPECT_GT(check.AgreementOf(Written(splats_, "scene.ply"), {}), 60);
  const double coarse = check.AgreementOf(Written(splats_, "scene.compressed.ply"), {});
  EXPECT_GT(coarse, 30);
  EXPECT_LT(coarse, 60);
}

TEST_F(ExportRenderCheckTest, OtherScenesAndCutFilesAreRefused) {
  const ExportRenderCheck check = Check();
  const std::string rub = Written(splats_.InFrame(Frame::kRub), "rub.ply");
  EXPECT_THAT(ErrorMessageOf([&] { check.AgreementOf(rub, {}); }), HasSubstr("rub.ply: is broken: it shows another"));
  SplatSelection half = splats_;
  half.SetRows({splats_.rows().begin(), splats_.rows().begin() + 150});
  const std::string fewer = Written(half, "half.ply");
  EXPECT_THAT(ErrorMessageOf([&] { check.AgreementOf(fewer, {}); }), HasSubstr("150 splats of 300"));
  std::filesystem::resize_file(fewer, 5000);
  EXPECT_THAT(ErrorMessageOf([&] { check.AgreementOf(fewer, {}); }), HasSubstr("half.ply"));
}

// A few small splats before black: most pixels agree whatever a file holds.
TEST_F(ExportRenderCheckTest, ASceneThatIsMostlyEmptyHidesNoBrokenFile) {
  model_ = testing::RandomModel(5, 2, 5);
  model_.log_scales.fill_(-4.5);
  model_.opacity_logits.fill_(3);
  host_ = HostModel(model_);
  splats_ = SplatSelection(host_.View());
  const ExportRenderCheck check = Check();
  for (const char* name : {"a.ply", "a.compressed.ply", "a.spz", "a.splat"}) {
    EXPECT_GT(check.AgreementOf(Written(splats_, name), {}), kLeastAgreement_db) << name;
  }
  const std::string rub = Written(splats_.InFrame(Frame::kRub), "rub.ply");
  EXPECT_THAT(ErrorMessageOf([&] { check.AgreementOf(rub, {}); }), HasSubstr("rub.ply: is broken: it shows another"));
}

TEST(RequireAgreement, AsksForMoreThanAnEmptyFileShows) {
  const auto refused = [](double agreement_db, double empty_db) {
    return !ErrorMessageOf([&] { RequireAgreement("a", agreement_db, empty_db); }).empty();
  };
  EXPECT_TRUE(refused(19.9, 5));
  EXPECT_FALSE(refused(20, 5));
  EXPECT_TRUE(refused(27.9, 25));
  EXPECT_FALSE(refused(28.1, 25));
  EXPECT_FALSE(refused(40, 39)) << "coarse formats cannot do better";
  EXPECT_FALSE(refused(100, 100)) << "nothing to be seen";
  Image8 image(2, 1, 3);
  image.pixels = {255, 0, 128, 255, 0, 128};
  EXPECT_EQ(EmptyAgreement({image, image}, {1, 0, 128.0f / 255}), 100);
  EXPECT_NEAR(EmptyAgreement({image}, {1, 0, 0}), 10 * std::log10(3 * 255.0 * 255 / (128 * 128)), 1e-9);
}

TEST_F(ExportRenderCheckTest, CamerasAreThoseHeldOutAndElseFromAllSides) {
  EXPECT_EQ(CamerasToCheck({}, splats_).size(), 4u);
  std::vector<NamedCamera> cameras(20, {"a", testing::FrontCamera(2000, 1000)});
  const std::vector<Camera> spread = CamerasToCheck(cameras, splats_);
  ASSERT_EQ(spread.size(), kMostCheckedViews);
  EXPECT_EQ(spread[0].width, 640);
  EXPECT_EQ(spread[0].height, 320);
  cameras[3].split = Split::kTest;
  cameras[3].camera.width = 500;
  const std::vector<Camera> held_out = CamerasToCheck(cameras, splats_);
  ASSERT_EQ(held_out.size(), 1u);
  EXPECT_EQ(held_out[0].height, 640);
}

}  // namespace
}  // namespace splat::quality
