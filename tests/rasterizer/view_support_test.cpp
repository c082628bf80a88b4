// Summed weights on every backend, against images; and what supports planted floaters.
#include "rasterizer/view_support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "tests/support/device_arena.h"
#include "tests/support/scenes.h"
#include "tests/support/stage_arrays.h"

namespace splat {
namespace {

using testing::AppendPlainSplat;
using testing::DeviceArena;
using testing::DeviceArray;
using testing::DeviceSplats;
using testing::HostDevice;
using testing::SplatArrays;

struct StagesOfBackend {
  std::string name;
  const kernels::RenderStages<float>* stages;
};
void PrintTo(const StagesOfBackend& backend, std::ostream* out) {
  *out << backend.name;
}

class ViewSupportTest : public ::testing::TestWithParam<StagesOfBackend> {
 protected:
  // The summed weights and the depths of the splats.
  std::pair<std::vector<double>, std::vector<double>> Support(const SplatArrays& splats, const Camera& camera) {
    const auto device = HostDevice();
    testing::TestScratch scratch(*device);
    SerialExecutor executor;
    KernelContext context;
    context.executor = &executor;
    context.scratch = &scratch;
    DeviceArena arena(*device);
    const DeviceSplats<float> on_device(*device, splats);
    DeviceSplats<float> gradient(*device, SplatArrays(splats.count, 0));
    gradient.Poison();
    const DeviceArray<float> zeros(*device, std::vector<float>(size_t(3 * splats.count)));
    const DeviceArray<float> ones(*device, std::vector<float>(size_t(3 * camera.width * camera.height), 1));
    PassInput<float> input;
    input.splats = on_device.View();
    input.camera = camera;
    input.options.near = 0.2;
    QueueViewSupport({*GetParam().stages, context, arena}, input, {zeros.data(), ones.data(), gradient.GradView()});
    std::vector<double> weights, depths;
    const std::vector<double> colors = gradient.Arrays().sh_dc;
    const std::vector<float> records = arena.Get<float>(kRecords);
    for (size_t i = 0; i < size_t(splats.count); ++i) {
      weights.push_back(colors[3 * i] / math::kShC0);
      depths.push_back(double(records[i * kernels::kRecordSize + kernels::kRecordDepth]));
    }
    return {weights, depths};
  }
};

INSTANTIATE_TEST_SUITE_P(On, ViewSupportTest,
                         ::testing::Values(StagesOfBackend{"Cpu", &kernels::CpuBackend().render},
                                           StagesOfBackend{"EmulatedGpu", &kernels::emulated::DeviceBackend().render}),
                         [](const auto& instance) { return instance.param.name; });

// All weights of a pixel add up to its alpha.
TEST_P(ViewSupportTest, TheWeightsAddUpToTheImagesAlpha) {
  const Camera camera = testing::TestCamera(60, 40, 3);
  testing::RenderInput input;
  input.camera = camera;
  input.splats = testing::RandomSplats({}, camera);
  for (double& value : input.splats.sh_dc) value = -5;  // black by a clamp, which is not to count
  const std::vector<double> alpha = testing::CpuDoubleBackend()->Render(input).pixels.alpha;
  const auto [weights, depths] = Support(input.splats, camera);
  EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), std::accumulate(alpha.begin(), alpha.end(), 0.0),
              0.05);
  EXPECT_GT(*std::max_element(weights.begin(), weights.end()), 5);
}

TEST_P(ViewSupportTest, AWeightIsTheFilledAreaLessWhatStandsBefore) {
  const Camera camera = testing::TestCamera(80, 60, 0);
  SplatArrays splats(0, 0);
  AppendPlainSplat(splats, camera, {40, 30, 4, 3, 0.5});
  const double alone = Support(splats, camera).first[0];
  EXPECT_NEAR(alone, 0.5 * 2 * M_PI * (9 + 0.3), 1.5);  // the low-pass adds 0.3 px^2; the rim below 1/255 is cut
  AppendPlainSplat(splats, camera, {40, 30, 2, 30, 0.9});
  const auto [weights, depths] = Support(splats, camera);
  EXPECT_NEAR(weights[0], 0.1 * alone, 0.03 * alone);
  EXPECT_NEAR(depths[0], 4, 1e-4);
  EXPECT_NEAR(depths[1], 2, 1e-4);
  AppendPlainSplat(splats, camera, {400, 30, 4, 3, 0.5});  // beside the image
  EXPECT_EQ(Support(splats, camera).first[2], 0);
}

// Cameras on an arc around a cloud that all of them see.
std::vector<Camera> Arc() {
  std::vector<Camera> cameras;
  for (int i = 0; i < 6; ++i) {
    Camera camera = {64, 48, 60, 60, 32, 24, {}};
    const double angle = 0.2 * (i - 2.5);
    camera.camera_from_world.rotation = {
        {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
    camera.camera_from_world.translation = {0, 0, 4};
    cameras.push_back(camera);
  }
  return cameras;
}

void AppendSplat(const Vec3<double>& mean, double sigma, SplatCloud& cloud) {
  for (const double value : {mean.x, mean.y, mean.z}) cloud.means.push_back(float(value));
  for (int k = 0; k < 3; ++k) cloud.log_scales.push_back(float(std::log(sigma)));
  for (const float value : {1.0f, 0.0f, 0.0f, 0.0f}) cloud.quats.push_back(value);
  cloud.opacity_logits.push_back(0);
  for (int k = 0; k < 3; ++k) cloud.sh_dc.push_back(0.5f);
}

SplatCloud Lattice() {
  SplatCloud cloud;
  for (int i = 0; i < 27; ++i) AppendSplat({0.4 * (i % 3 - 1), 0.4 * (i / 3 % 3 - 1), 0.4 * (i / 9 - 1)}, 0.05, cloud);
  return cloud;
}

Floaters FloatersOf(const SplatCloud& cloud, const std::vector<Camera>& cameras, int threads = 2) {
  ThreadPool pool(threads);
  size_t done = 0;
  const SupportTally tally = SupportOf(cloud.View(), {cameras, 0.05}, pool, [&](size_t views) { done = views; });
  EXPECT_EQ(done, cameras.size());
  return FindFloaters(tally);
}

// A place that the camera has before it, so many units off.
Vec3<double> Before(const Camera& camera, double right, double depth) {
  return Inverse(camera.camera_from_world) * Vec3<double>{right, 0, depth};
}

TEST(SupportOf, ASceneOfGoodSplatsKeepsAll) {
  const Floaters floaters = FloatersOf(Lattice(), Arc());
  EXPECT_EQ(floaters.counts.Floaters(), 0) << TextOf(floaters.counts);
  EXPECT_EQ(floaters.objection, "");
}

TEST(SupportOf, FindsWhatWasPlanted) {
  const std::vector<Camera> cameras = Arc();
  SplatCloud cloud = Lattice();
  AppendSplat(Before(cameras[2], 0, 0.2), 0.01, cloud);      // a speck before one lens
  AppendSplat(Before(cameras[0], -0.75, 1.5), 0.02, cloud);  // at the edge of one photo alone
  AppendSplat({0, 0, -9}, 0.05, cloud);                      // behind all cameras
  for (const int threads : {1, 3}) {
    const Floaters floaters = FloatersOf(cloud, cameras, threads);
    EXPECT_EQ(floaters.counts.Floaters(), 3) << TextOf(floaters.counts);
    EXPECT_EQ(floaters.verdicts[27], Support::kNearOnly);
    EXPECT_EQ(floaters.verdicts[28], Support::kOnePhoto);
    EXPECT_EQ(floaters.verdicts[29], Support::kUnseen);
  }
}

TEST(SupportOf, LooksFromTheNearPlaneOn) {
  const std::vector<Camera> cameras = Arc();
  SplatCloud cloud = Lattice();
  AppendSplat(Before(cameras[2], 0, 0.04), 0.01, cloud);
  EXPECT_EQ(FloatersOf(cloud, cameras).verdicts[27], Support::kUnseen);
}

}  // namespace
}  // namespace splat
