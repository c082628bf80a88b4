// The pipeline on every backend: that it is the sequence of its stages, what it asks its arena for, and what predicting
// the number of instances changes.
#include "rasterizer/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "tests/support/backends.h"
#include "tests/support/device_arena.h"

namespace splat {
namespace {

using testing::DeviceArena;

// A view of random splats in the process's memory, and what runs it.
struct View {
  PassInput<float> input;
  std::vector<float> means, log_scales, quats, opacity_logits, sh_dc, sh_rest, grad;
  std::shared_ptr<testing::TestDevice> device = testing::HostDevice();
  testing::TestScratch scratch{*device};
  SerialExecutor executor;
  KernelContext context;

  View(int width, int height, int64_t splats) {
    const auto floats = [](const std::vector<double>& v) { return std::vector<float>(v.begin(), v.end()); };
    input.camera = testing::TestCamera(width, height, 2);
    testing::SceneOptions options;
    options.splats = splats;
    const testing::SplatArrays s = testing::RandomSplats(options, input.camera);
    means = floats(s.means);
    log_scales = floats(s.log_scales);
    quats = floats(s.quats);
    opacity_logits = floats(s.opacity_logits);
    sh_dc = floats(s.sh_dc);
    sh_rest = floats(s.sh_rest);
    input.splats = {
        {means.data(), log_scales.data(), quats.data(), opacity_logits.data(), sh_dc.data(), sh_rest.data()},
        s.count,
        s.sh_rest_count};
    input.background = {0.1f, 0.2f, 0.3f};
    Random random(3);
    grad = floats(testing::RandomVector(size_t(3 * width * height), -1, 1, random));
    context.executor = &executor;
    context.scratch = &scratch;
  }
  kernels::PixelsGradView<float> Grad() const { return {grad.data(), nullptr, nullptr}; }
};

// A count is there at once.
class PredictionInMemory : public InstancePrediction {
 public:
  using InstancePrediction::InstancePrediction;
  void QueueCount(const KernelContext&, const kernels::InstanceCount* found) override { found_ = *found; }

 protected:
  kernels::InstanceCount QueuedCount() override { return found_; }

 private:
  kernels::InstanceCount found_;
};

const kernels::RenderStages<float>& EmulatedGpu() {
  return kernels::emulated::DeviceBackend().render;
}

template <typename T>
bool SameBits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

void ExpectSameImage(const DeviceArena& a, const DeviceArena& b) {
  for (const PassBuffer buffer : {kRecords, kTileCounts, kTileBegin, kImage, kAlpha, kDepth}) {
    EXPECT_TRUE(SameBits(a.Get<unsigned char>(buffer), b.Get<unsigned char>(buffer))) << buffer;
  }
}

class PipelineTest : public ::testing::TestWithParam<std::shared_ptr<const testing::Backend>> {};
SPLAT_INSTANTIATE_ON_BACKENDS(PipelineTest);

// One stage after the other, each with arrays of its own.
TEST_P(PipelineTest, ForwardIsTheSequenceOfItsStages) {
  const testing::Backend& backend = *GetParam();
  testing::RenderInput input;
  input.camera = testing::TestCamera(70, 50, 4);
  input.splats = testing::RandomSplats({}, input.camera);
  input.background = {0.3, 0.2, 0.1};
  const testing::Rendered whole = backend.Render(input);
  const testing::ProjectedArrays projected = backend.Project(input);
  const testing::TileLists lists = backend.Bin(input, projected);
  const testing::PixelArrays pixels = backend.Blend(input, projected, lists);
  EXPECT_GT(*std::max_element(pixels.alpha.begin(), pixels.alpha.end()), 0.5);
  EXPECT_EQ(whole.projected.means_px, projected.means_px);
  EXPECT_EQ(whole.projected.tile_counts, projected.tile_counts);
  EXPECT_EQ(whole.lists.instances, lists.instances);
  EXPECT_EQ(whole.lists.slot_begin, lists.slot_begin);
  EXPECT_EQ(whole.lists.tile_begin, lists.tile_begin);
  EXPECT_EQ(whole.lists.instance_splat, lists.instance_splat);
  EXPECT_EQ(whole.lists.instance_slot, lists.instance_slot);
  EXPECT_EQ(whole.pixels.image, pixels.image);
  EXPECT_EQ(whole.pixels.alpha, pixels.alpha);
  EXPECT_EQ(whole.pixels.depth, pixels.depth);
}

TEST(Pipeline, AsksForNothingThatIsNotWanted) {
  View view(40, 30, 50);
  view.input.with_depth = false;
  DeviceArena arena(*view.device);
  const Pipeline<float> pipeline = {kernels::CpuBackend().render, view.context, arena};
  const PassResult<float> result = pipeline.Forward(view.input);
  EXPECT_EQ(result.blend.out.depth, nullptr);
  for (const PassBuffer buffer : {kDepth, kGradImage, kSlots}) {
    EXPECT_TRUE(arena.Get<unsigned char>(buffer).empty()) << buffer;
  }
  EXPECT_EQ(arena.Get<float>(kImage).size(), 3u * 40 * 30);
  EXPECT_EQ(arena.Get<kernels::TileInstance>(kEntries).size(), size_t(result.blend.list.instances));
}

TEST(Pipeline, RefusesTheGradientOfADepthThatIsNotThere) {
  View view(40, 30, 50);
  view.input.with_depth = false;
  HostArena arena;
  const Pipeline<float> pipeline = {kernels::CpuBackend().render, view.context, arena};
  const PassResult<float> result = pipeline.Forward(view.input);
  kernels::PixelsGradView<float> grad = view.Grad();
  grad.depth = view.grad.data();
  EXPECT_THROW(pipeline.Backward(result, grad), Error);
}

TEST(Pipeline, AViewWithoutSplatsIsBackground) {
  View view(40, 30, 0);
  HostArena arena;
  const PassResult<float> result =
      Pipeline<float>{kernels::CpuBackend().render, view.context, arena}.Forward(view.input);
  EXPECT_EQ(result.blend.list.instances, 0);
  EXPECT_EQ(result.blend.out.image[3 * 7 + 1], 0.2f);
  EXPECT_EQ(result.blend.out.alpha[7], 0.0f);
}

TEST(Pipeline, TheFirstViewIsCountedAndTheNextOnePredicted) {
  View view(60, 40, 100);
  DeviceArena counted(*view.device), predicted(*view.device);
  PredictionInMemory prediction;
  const PassResult<float> first =
      Pipeline<float>{EmulatedGpu(), view.context, counted, &prediction}.Forward(view.input);
  EXPECT_FALSE(first.predicted);
  EXPECT_EQ(first.rows, prediction.room().instances);
  EXPECT_GT(first.rows, first.blend.list.instances);
  const Pipeline<float> pipeline = {EmulatedGpu(), view.context, predicted, &prediction};
  const PassResult<float> second = pipeline.Forward(view.input);
  EXPECT_TRUE(second.predicted);
  EXPECT_EQ(second.blend.list.instances, prediction.room().instances);
  EXPECT_TRUE(prediction.HadRoom());
  ExpectSameImage(predicted, counted);
}

TEST(Pipeline, WhereTheRoomWasTooSmallTheImageIsEmptyAndTheSecondAttemptFits) {
  View view(60, 40, 100);
  DeviceArena expected(*view.device), arena(*view.device);
  Pipeline<float>{EmulatedGpu(), view.context, expected}.Forward(view.input);
  PredictionInMemory prediction({10, 10});
  const Pipeline<float> pipeline = {EmulatedGpu(), view.context, arena, &prediction};
  EXPECT_TRUE(pipeline.Forward(view.input).predicted);
  for (const float alpha : arena.Get<float>(kAlpha)) ASSERT_EQ(alpha, 0);
  EXPECT_FALSE(prediction.HadRoom());
  pipeline.Forward(view.input);
  EXPECT_TRUE(prediction.HadRoom());
  ExpectSameImage(arena, expected);
}

// The host counts what the CPU's stages find, prediction or not.
TEST(Pipeline, StagesThatDoNotCountOnTheDeviceAreNotPredicted) {
  View view(60, 40, 100);
  HostArena arena;
  PredictionInMemory prediction({100000, 100});
  EXPECT_FALSE(
      (Pipeline<float>{kernels::CpuBackend().render, view.context, arena, &prediction}.Forward(view.input).predicted));
}

TEST(InstancePrediction, RoomGrowsWithAMarginAndStays) {
  PredictionInMemory prediction;
  EXPECT_EQ(prediction.room().instances, 0);
  prediction.MakeRoomFor({1000, 10});
  const kernels::InstanceCount room = prediction.room();
  EXPECT_GT(room.instances, 1000);
  EXPECT_GT(room.visible, 10);
  prediction.MakeRoomFor({10, 1});
  prediction.MakeRoomFor(room);
  EXPECT_EQ(prediction.room().instances, room.instances);
  EXPECT_EQ(prediction.room().visible, room.visible);
  prediction.MakeRoomFor({kernels::kMaxInstances - 1, 10});
  EXPECT_EQ(prediction.room().instances, kernels::kMaxInstances);
}

TEST(HostArena, KeepsABufferAndFillsNewMemory) {
  HostArena arena(0xab);
  auto* bytes = static_cast<unsigned char*>(arena.Buffer(kImage, 10));
  EXPECT_EQ(bytes[9], 0xab);
  bytes[9] = 1;
  EXPECT_EQ(arena.Buffer(kImage, 10), bytes);
  EXPECT_EQ(bytes[9], 1);
  EXPECT_EQ(static_cast<unsigned char*>(arena.Buffer(kImage, 1000))[999], 0xab);
}

}  // namespace
}  // namespace splat
