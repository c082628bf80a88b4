// Milliseconds per stage of a training step on the CPU, on a synthetic scene with realistic statistics: splats, width,
// height, threads, and instruction set (core/instruction_set.h; 0: one number at a time). Output of Google Benchmark:
// --benchmark_format=json for machines. Compare runs of one sitting only, as ratios.
#include <benchmark/benchmark.h>

#include <array>
#include <thread>
#include <vector>

#include "bench/plain_tile.h"
#include "bench/synthetic_scene.h"
#include "bench/tile_scene.h"
#include "core/check.h"
#include "core/parallel.h"
#include "core/random.h"
#include "rasterizer/kernels/simd_kernels.h"
#include "rasterizer/pipeline.h"
#include "train/kernels/color/color_stages.h"
#include "train/kernels/loss/photometric_loss.h"
#include "train/kernels/update/adam.h"
#include "train/kernels/update/backward_adam.h"

namespace splat {
namespace {

namespace k = kernels;

// The synthetic scene and the results of each stage.
struct Scene {
  int64_t n;
  Camera camera;
  ThreadPool pool;
  bench::SyntheticScene splats;
  std::vector<float> grad_image, grad;
  std::vector<uint8_t> target;
  k::KernelContext context{&pool};
  HostArena arena;
  Pipeline<float> pipeline{k::CpuBackend().render, context, arena};
  PassResult<float> forward;
  k::ProjectBackwardParams<float> backward;

  Scene(int64_t count, int width, int height, int threads, InstructionSet set);
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  k::PixelsGradView<float> PixelsGrad() const { return {grad_image.data(), nullptr, nullptr}; }
};

Scene::Scene(int64_t count, int width, int height, int threads, InstructionSet set)
    : n(count),
      camera(bench::SyntheticCamera(width, height)),
      pool(threads),
      splats(bench::MakeSyntheticScene(n, pool)) {
  context.instruction_set = set;
  Random random(1);
  const size_t pixels = size_t(width) * size_t(height);
  grad_image.resize(3 * pixels);
  grad.resize(kMostNumbersPerSplat * size_t(n));
  target.resize(3 * pixels);
  for (uint8_t& value : target) value = uint8_t(random.Below(256));
  for (float& value : grad_image) value = float(1e-6 * random.Normal());
  PassInput<float> input;
  input.splats = bench::ViewOf(splats);
  input.camera = camera;
  forward = pipeline.Forward(input);
  backward = pipeline.Backward(forward, PixelsGrad());
}

struct StateScene : Scene {
  explicit StateScene(const benchmark::State& state)
      : Scene(state.range(0), int(state.range(1)), int(state.range(2)), int(state.range(3)),
              InstructionSet(state.range(4))) {}
};

void Report(benchmark::State& state, const Scene& scene) {
  const auto instances = double(scene.forward.blend.list.instances);
  state.counters["instances"] = instances;
  state.counters["ns_per_instance"] =
      benchmark::Counter(instances * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_Project(benchmark::State& state) {
  StateScene scene(state);
  for (auto _ : state) k::Project(scene.context, scene.forward.project);
}
void BM_Bin(benchmark::State& state) {
  StateScene scene(state);
  for (auto _ : state) scene.pipeline.MakeLists(scene.forward);
}
void BM_Blend(benchmark::State& state) {
  StateScene scene(state);
  for (auto _ : state) scene.pipeline.Blend(scene.forward);
  Report(state, scene);
}
void BM_BlendBackward(benchmark::State& state) {
  StateScene scene(state);
  for (auto _ : state) scene.pipeline.Backward(scene.forward, scene.PixelsGrad());
  Report(state, scene);
}
void BM_ProjectBackward(benchmark::State& state) {
  StateScene scene(state);
  k::ProjectBackwardParams<float> p = scene.backward;
  p.grad = SplatArraysIn(scene.grad.data(), scene.n, p.forward.splats.sh_rest_count);
  for (auto _ : state) k::ProjectBackward(scene.context, p);
}
void BM_CameraGradient(benchmark::State& state) {
  StateScene scene(state);
  double gradient[k::kCameraNumbers];
  const k::CameraGradientParams<float> p = {scene.backward.forward, scene.backward.slot_begin, scene.backward.slots,
                                            gradient};
  for (auto _ : state) {
    k::CameraGradient(scene.context, p);
    benchmark::DoNotOptimize(gradient);
  }
}
void BM_Loss(benchmark::State& state) {
  StateScene scene(state);
  train::LossParams p;
  p.width = scene.camera.width;
  p.height = scene.camera.height;
  p.image = scene.forward.blend.out.image;
  p.target = scene.target.data();
  p.grad_image = scene.grad_image.data();
  train::PhotometricLossWorkspace workspace;
  for (auto _ : state) benchmark::DoNotOptimize(train::PhotometricLoss(scene.pool, p, workspace));
}
// The colours of a photo (train/kernels/color/): with a camera all of them, without one the exposure alone. Nothing is
// changed, so that the gradient, which is made in place, stays what it is from round to round; the work is the same.
struct ColorScene : StateScene {
  std::vector<float> photo, camera_numbers, changed, grad_photo, grad_camera;

  explicit ColorScene(const benchmark::State& state)
      : StateScene(state),
        photo(train::kPhotoColorNumbers, 0.0f),
        camera_numbers(train::kCameraColorNumbers, 0.0f),
        changed(grad_image.size()),
        grad_photo(photo.size()),
        grad_camera(camera_numbers.size()) {}

  train::ColorParams Params(bool full) const {
    return {camera.width, camera.height, forward.blend.out.image, photo.data(), full ? camera_numbers.data() : nullptr};
  }
};
template <bool kFull>
void BM_Color(benchmark::State& state) {
  ColorScene scene(state);
  const train::ColorStages stages = train::CpuColorStages();
  for (auto _ : state) stages.forward(scene.context, {scene.Params(kFull), scene.changed.data()});
}
template <bool kFull>
void BM_ColorBackward(benchmark::State& state) {
  ColorScene scene(state);
  const train::ColorStages stages = train::CpuColorStages();
  for (auto _ : state) {
    stages.backward(scene.context,
                    {scene.Params(kFull), scene.grad_image.data(), scene.grad_photo.data(), scene.grad_camera.data()});
  }
}
void BM_Adam(benchmark::State& state) {
  StateScene scene(state);
  std::vector<float> value(scene.grad.size()), first(scene.grad.size()), second(scene.grad.size());
  train::AdamParams p;
  p.size = int64_t(value.size());
  p.value = value.data();
  p.grad = scene.grad.data();
  p.first = first.data();
  p.second = second.data();
  p.learning_rate = 1e-3;
  for (auto _ : state) train::AdamStep(scene.pool, p);
}

// What a loop costs besides its work.
void BM_EmptyLoop(benchmark::State& state) {
  ThreadPool pool(int(state.range(0)));
  for (auto _ : state) pool.Run(state.range(0), [](int64_t) {});
}

// What a training step does in place of ProjectBackward and Adam.
void BM_BackwardAndAdam(benchmark::State& state) {
  StateScene scene(state);
  std::vector<float> first(scene.grad.size()), second(scene.grad.size());
  train::BackwardAdamParams p;
  p.backward = scene.backward;
  size_t begin = 0;
  for (int group = 0; group < kSplatArrays; ++group) {
    p.value[group] = scene.splats[group].data();
    p.first[group] = first.data() + begin;
    p.second[group] = second.data() + begin;
    p.learning_rates[group] = 1e-9;
    begin += scene.splats[group].size();
  }
  for (auto _ : state) train::BackwardAndAdam(scene.context, p);
}

// The kernels alone, on one tile: nanoseconds for one splat on it.
void ReportTile(benchmark::State& state, const bench::TileScene& scene) {
  state.counters["drawn"] = scene.DrawnShare();
  state.counters["ns_per_splat"] = benchmark::Counter(
      bench::TileScene::kSplats * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
void BlendTile(benchmark::State& state, InstructionSet set, double sigma_px) {
  const bench::TileScene scene(sigma_px);
  for (auto _ : state) k::SimdKernelsOf(set).blend_tile(scene.Forward(), 0);
  ReportTile(state, scene);
}
void BlendTileBackward(benchmark::State& state, InstructionSet set, double sigma_px) {
  const bench::TileScene scene(sigma_px);
  k::SimdKernelsOf(set).blend_tile(scene.Forward(), 0);
  for (auto _ : state) k::SimdKernelsOf(set).blend_tile_backward(scene.Backward(), 0);
  ReportTile(state, scene);
}

void BlendTilePlainly(benchmark::State& state, double sigma_px) {
  const bench::TileScene scene(sigma_px);
  for (auto _ : state) bench::BlendTilePlainly(scene.Forward());
  ReportTile(state, scene);
}
void BlendTileBackwardPlainly(benchmark::State& state, double sigma_px) {
  const bench::TileScene scene(sigma_px);
  bench::BlendTilePlainly(scene.Forward());
  for (auto _ : state) bench::BlendTileBackwardPlainly(scene.Backward());
  ReportTile(state, scene);
}

// Every instruction set, and first the yardstick (bench/plain_tile.h).
void RegisterTiles() {
  for (const double sigma_px : {1.5, 4.0, 20.0}) {
    const std::string name = StrCat("/plain/sigma_px:", sigma_px);
    benchmark::RegisterBenchmark(("BM_BlendTile" + name).c_str(), BlendTilePlainly, sigma_px);
    benchmark::RegisterBenchmark(("BM_BlendTileBackward" + name).c_str(), BlendTileBackwardPlainly, sigma_px);
  }
  for (const InstructionSet set : UsableInstructionSets()) {
    for (const double sigma_px : {1.5, 4.0, 20.0}) {
      const std::string name = StrCat("/", NameOf(set), "/sigma_px:", sigma_px);
      benchmark::RegisterBenchmark(("BM_BlendTile" + name).c_str(), BlendTile, set, sigma_px);
      benchmark::RegisterBenchmark(("BM_BlendTileBackward" + name).c_str(), BlendTileBackward, set, sigma_px);
    }
  }
}

constexpr std::array<std::array<int64_t, 3>, 4> kSizes = {
    {{15000, 133, 237}, {39000, 133, 237}, {100000, 640, 427}, {1000000, 1297, 840}}};

// A size on one thread and on all cores, with the best instruction set and, on one thread, without any.
void AddSize(benchmark::internal::Benchmark* bench, int64_t splats, int64_t width, int64_t height) {
  const int64_t cores = int64_t(std::thread::hardware_concurrency()), best = int64_t(BestInstructionSet());
  bench->Args({splats, width, height, 1, int64_t(InstructionSet::kScalar)});
  bench->Args({splats, width, height, 1, best});
  if (cores > 1) bench->Args({splats, width, height, cores, best});
  bench->ArgNames({"splats", "w", "h", "threads", "set"});
  bench->Unit(benchmark::kMillisecond)->UseRealTime();
}
void Sizes(benchmark::internal::Benchmark* bench) {
  for (const auto& [splats, width, height] : kSizes) AddSize(bench, splats, width, height);
}
// For stages over pixels: each image once, with few splats.
void ImageSizes(benchmark::internal::Benchmark* bench) {
  for (size_t i = 1; i < kSizes.size(); ++i) AddSize(bench, 1000, kSizes[i][1], kSizes[i][2]);
}
BENCHMARK(BM_EmptyLoop)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(BM_Project)->Apply(Sizes);
BENCHMARK(BM_Bin)->Apply(Sizes);
BENCHMARK(BM_Blend)->Apply(Sizes);
BENCHMARK(BM_BlendBackward)->Apply(Sizes);
BENCHMARK(BM_ProjectBackward)->Apply(Sizes);
BENCHMARK(BM_CameraGradient)->Apply(Sizes);
BENCHMARK(BM_Loss)->Apply(Sizes);
BENCHMARK(BM_Color<false>)->Name("BM_ColorExposure")->Apply(ImageSizes);
BENCHMARK(BM_ColorBackward<false>)->Name("BM_ColorExposureBackward")->Apply(ImageSizes);
BENCHMARK(BM_Color<true>)->Name("BM_ColorFull")->Apply(ImageSizes);
BENCHMARK(BM_ColorBackward<true>)->Name("BM_ColorFullBackward")->Apply(ImageSizes);
BENCHMARK(BM_Adam)->Apply(Sizes);
BENCHMARK(BM_BackwardAndAdam)->Apply(Sizes);

}  // namespace
}  // namespace splat

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  splat::RegisterTiles();
  benchmark::RunSpecifiedBenchmarks();
}
