// splat-render draws the files of antialiased scenes with their compensation (docs/math.md, section 4). One round splat
// on the optical axis has a closed form: its covariance on the screen is s I px^2, so that the compensated opacity is
// s / (s + blur) times the stored one, and the image that of an ordinary scene with this opacity.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/parallel.h"
#include "data/photos/image_io.h"
#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/thresholds.h"
#include "rasterizer/plain_render.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

constexpr double kFocal_px = 100, kDepth = 4, kNear = 0.2, kScale = 0.01, kOpacity = 0.9;
// Formats of few bits round scale, opacity and colour; the image is rounded to 8 bits.
constexpr int kTolerance = 4;

NamedCamera FrontCamera() {
  return {"front.png", {33, 33, kFocal_px, kFocal_px, 16.5, 16.5, {}}, Split::kTest};
}

SplatCloud OneSplat(double opacity) {
  SplatCloud cloud(1, 0);
  cloud.means = {0, 0, float(kDepth)};
  cloud.log_scales.assign(3, float(std::log(kScale)));
  cloud.quats = {1, 0, 0, 0};
  cloud.opacity_logits = {float(math::Logit(opacity))};
  cloud.sh_dc.assign(3, 1.7f);
  return cloud;
}

Image8 OrdinaryImage(double opacity) {
  ThreadPool pool(1);
  const SplatCloud cloud = OneSplat(opacity);
  return RenderPlainly(SplatSelection(cloud.View()), FrontCamera().camera, {0, 0, 0}, kNear, pool);
}

int LargestDifference(const Image8& a, const Image8& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

class AntialiasedFile : public ::testing::TestWithParam<const char*> {
 protected:
  // The image that splat-render makes of the splat in a file of the format.
  Image8 Rendered(bool antialiased) {
    SplatCloud cloud = OneSplat(kOpacity);
    cloud.traits.antialiasing = CompensatedIf(antialiased);
    const formats::Exporter& exporter = formats::ExporterNamed(GetParam());
    const std::string scene = folder_ / ("scene" + exporter.extension);
    formats::WriteScene(scene, exporter, SplatSelection(cloud.View()));
    formats::WriteInriaCameras(folder_ / "cameras.json", {FrontCamera()});
    const testing::ProcessOutput run =
        testing::RunProgram({SPLAT_BINARY_DIR "/apps/splat-render", scene, "--cameras", folder_ / "cameras.json",
                             "--output", folder_ / "views", "--device", "cpu"},
                            60);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return data::ReadPhoto(folder_ / "views/front.png").image;
  }

  testing::TempDir folder_;
};

TEST_P(AntialiasedFile, IsDrawnWithTheCompensatedOpacity) {
  const double variance = std::pow(kFocal_px * kScale / kDepth, 2);
  const Image8 expected = OrdinaryImage(kOpacity * variance / (variance + math::kLowPassVariancePx2));
  EXPECT_LE(LargestDifference(Rendered(true), expected), kTolerance);
  EXPECT_GT(LargestDifference(Rendered(false), expected), 20 * kTolerance);
}

TEST_P(AntialiasedFile, IsDrawnAsItWasIfItIsOrdinary) {
  EXPECT_LE(LargestDifference(Rendered(false), OrdinaryImage(kOpacity)), kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Formats, AntialiasedFile, ::testing::Values("ply", "compressed.ply", "spz", "sog"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace splat
