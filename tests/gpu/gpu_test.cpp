// What can be tested on a real GPU only, above the stages (whose own tests take the GPU as one more backend where
// there is one). Built everywhere; without a GPU each test says why it is skipped.
#include <gtest/gtest.h>

#include <cmath>

#include "rasterizer/torch/render.h"
#include "rasterizer/torch/torch_device.h"
#include "tests/support/backends.h"
#include "tests/support/synthetic_set.h"
#include "train/choose_backend.h"
#include "train/photo_store.h"
#include "train/trainer.h"

namespace splat {
namespace {

using testing::FrontCamera;
using testing::RandomModel;
using testing::SyntheticSet;

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!CudaIsUsable()) GTEST_SKIP() << "needs a GPU: " << WhyNoCuda();
  }
  torch::Device cuda{torch::kCUDA, 0};
};

TEST_F(Gpu, IsABackendOfTheStagesTests) {
  EXPECT_FALSE(testing::CudaBackends().empty()) << "then they ran on the emulated GPU only";
}

// Image and gradients through LibTorch's operators. Tolerances: as
// tests/rasterizer/kernels/device_agreement_test.cpp.
TEST_F(Gpu, OperatorsGiveTheImageAndTheGradientsOfTheCpu) {
  constexpr float kImage = 2.1f / 255, kMeanImage = 1e-5f, kGradient = 3e-3f;
  SplatModel cpu_model = RandomModel(500, 3, 12), gpu_model = ToDevice(cpu_model, cuda);
  SetRequiresGrad(cpu_model, true);
  SetRequiresGrad(gpu_model, true);
  const Camera camera = FrontCamera(200, 150);
  RenderSettings settings;
  settings.traits.emplace().background = Rgb{0.2, 0.5, 0.7};
  const RenderOutput on_cpu = Render(cpu_model, camera, settings), on_gpu = Render(gpu_model, camera, settings);
  EXPECT_TRUE(on_gpu.image.is_cuda());
  const torch::Tensor difference = (on_gpu.image.detach().cpu() - on_cpu.image.detach()).abs();
  EXPECT_LT(difference.max().item<float>(), kImage);
  EXPECT_LT(difference.mean().item<float>(), kMeanImage);
  torch::manual_seed(1);
  const torch::Tensor weight = torch::randn_like(on_cpu.image.detach());
  (on_cpu.image * weight).sum().backward();
  (on_gpu.image * weight.to(cuda)).sum().backward();
  for (int k = 0; k < kSplatArrays; ++k) {
    const torch::Tensor expected = cpu_model[k].grad(), actual = gpu_model[k].grad().cpu();
    EXPECT_LT((actual - expected).abs().max().item<float>(), kGradient * expected.abs().max().item<float>())
        << kSplatArrayList[k].name;
  }
  const torch::Tensor seen = on_gpu.stats.abs_mean_px.cpu();
  EXPECT_LT((seen - on_cpu.stats.abs_mean_px).abs().max().item<float>(),
            kGradient * on_cpu.stats.abs_mean_px.max().item<float>());
}

TEST_F(Gpu, EqualInputsGiveEqualBits) {
  const SplatModel model = ToDevice(RandomModel(2000, 3, 13), cuda);
  const torch::Tensor first = Render(model, FrontCamera(300, 200), {}).image;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(torch::equal(Render(model, FrontCamera(300, 200), {}).image, first));
}

TEST_F(Gpu, TakesAnEmptyModelAndOddSizes) {
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 1}, {4097, 33}}) {
    const SplatModel empty = ToDevice(RandomModel(0, 3, 1), cuda), some = ToDevice(RandomModel(50, 3, 1), cuda);
    EXPECT_EQ(Render(empty, FrontCamera(width, height), {}).alpha.abs().sum().item<float>(), 0);
    EXPECT_TRUE(torch::isfinite(Render(some, FrontCamera(width, height), {}).image).all().item<bool>());
  }
}

// Photos are copied on another stream than the one that reads them, and their memory is used again and again: what the
// steps see must be theirs, however long the GPU has still to do.
TEST_F(Gpu, PhotosAreTheRightOnesWhileTheGpuIsBusy) {
  SyntheticSet set;
  data::ViewLoader loader(set.dataset, data::ViewLoader::Options{}, nullptr);
  const std::vector<int> views = set.dataset.ViewsOf(Split::kTrain);
  train::PhotoStore plain(set.dataset, loader, train::CpuBackend(), 0);
  train::PhotoStore store(set.dataset, loader, train::ChooseBackend("cuda"), 0);
  const torch::Tensor work = torch::rand({2000, 2000}, cuda);
  std::vector<torch::Tensor> seen;
  for (int step = 0; step < 60; ++step) {
    const train::Target photo = store.Get(views[size_t(step) % views.size()], 1);
    torch::Tensor busy = work;
    for (int i = 0; i < 20; ++i) busy = torch::mm(busy, work) / 1000;
    // Reads the photo after the work; nothing is waited for in this loop.
    seen.push_back(photo.pixels.to(torch::kFloat32) + 0 * busy[0][0]);
    store.Prefetch(views[size_t(step + 1) % views.size()], 1);
  }
  for (size_t step = 0; step < seen.size(); ++step) {
    const torch::Tensor expected = plain.Get(views[step % views.size()], 1).pixels.to(torch::kFloat32);
    ASSERT_TRUE(torch::equal(seen[step].cpu(), expected)) << step;
  }
}

void ExpectCpuQualityAndEqualBits(const train::TrainConfig& config, double tolerance_db) {
  SyntheticSet set;
  const train::TrainResult on_cpu = train::TrainOn(train::CpuBackend(), set.dataset, config, {});
  const train::Backend gpu = train::ChooseBackend("cuda");
  const train::TrainResult first = train::TrainOn(gpu, set.dataset, config, {});
  const train::TrainResult second = train::TrainOn(gpu, set.dataset, config, {});
  EXPECT_NEAR(set.TestPsnr(first.model), set.TestPsnr(on_cpu.model), tolerance_db);
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal(first.model[k], second.model[k])) << kSplatArrayList[k].name;
  }
}

train::TrainConfig ShortTraining() {
  train::TrainConfig config;
  config.iterations = 200;
  config.init.sh_degree = 2;
  config.density.refine_from = 0;
  return config;
}

TEST_F(Gpu, TrainsToTheCpusQualityAndTwiceToTheSameBits) {
  ExpectCpuQualityAndEqualBits(ShortTraining(), 0.1);  // each sum in another order
}

TEST_F(Gpu, TrainsByRelocationToTheCpusQualityAndTwiceToTheSameBits) {
  // Where a draw falls to another splat because of the order of a sum, the trainings part: two seeds differ so much.
  ExpectCpuQualityAndEqualBits(train::WithStrategy(ShortTraining(), "mcmc"), 0.3);
}

// What is read from the GPU behind its back, while it works, is what waiting would have read.
TEST_F(Gpu, PredictingCountsChangesNoBit) {
  SyntheticSet set;
  train::TrainConfig config;
  config.iterations = 100;
  config.density.refine_from = 0;
  const train::Backend gpu = train::ChooseBackend("cuda");
  train::Backend waiting_gpu = gpu;
  waiting_gpu.render.count_on_device = nullptr;
  const train::TrainResult predicting = train::TrainOn(gpu, set.dataset, config, {});
  const train::TrainResult waiting = train::TrainOn(waiting_gpu, set.dataset, config, {});
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal(predicting.model[k], waiting.model[k])) << kSplatArrayList[k].name;
  }
}

TEST_F(Gpu, IsTheDefaultDevice) {
  EXPECT_TRUE(train::ChooseBackend("auto").is_device);
}

}  // namespace
}  // namespace splat
