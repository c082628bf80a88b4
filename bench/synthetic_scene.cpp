#include "bench/synthetic_scene.h"

#include <cmath>

#include "core/random.h"

namespace splat::bench {
namespace {

constexpr uint64_t kSeed = 1;
constexpr int64_t kChunk = 4096;
constexpr int kNormals = 1 + 3 + 4 + 3 * kSyntheticShRestCount, kUniforms = 3 + 1 + 3;
constexpr uint64_t kDrawsPerSplat = uint64_t(kNormals) * Random::kDrawsPerNormal + kUniforms;

constexpr double kNear = 2.5, kFar = 7;  // scene units
constexpr double kSpread = 0.68;         // tangent of the angle off the axis, at most
// The typical scale, scene units, at N = 10^6, and how it falls with N.
constexpr double kTypicalSize = 0.0067, kSizeExponent = -0.415;
constexpr double kSizeSpread = 0.6, kAxisSpread = 0.5;
constexpr double kLowestLogit = -2.7, kHighestLogit = 3.7;  // of the opacity

// The draws of one splat, kDrawsPerSplat of them in this order.
void DrawSplat(int64_t i, double typical_log, Random& random, SyntheticScene& scene) {
  const double z = random.Uniform(kNear, kFar);
  float* mean = scene.means.data() + 3 * i;
  mean[0] = float(random.Uniform(-kSpread, kSpread) * z);
  mean[1] = float(random.Uniform(-kSpread, kSpread) * z);
  mean[2] = float(z);
  const double size = typical_log + kSizeSpread * random.Normal();
  for (int c = 0; c < 3; ++c) scene.log_scales[size_t(3 * i + c)] = float(size + kAxisSpread * random.Normal());
  for (int c = 0; c < 4; ++c) scene.quats[size_t(4 * i + c)] = float(random.Normal());
  scene.opacity_logits[size_t(i)] = float(random.Uniform(kLowestLogit, kHighestLogit));
  for (int c = 0; c < 3; ++c) scene.sh_dc[size_t(3 * i + c)] = float(random.Uniform(-1, 1));
  float* rest = scene.sh_rest.data() + 3 * kSyntheticShRestCount * i;
  for (int c = 0; c < 3 * kSyntheticShRestCount; ++c) rest[c] = float(0.1 * random.Normal());
}

}  // namespace

SyntheticScene MakeSyntheticScene(int64_t count, Executor& executor) {
  const auto size = size_t(count);
  SyntheticScene scene;
  scene.count = count;
  for (int array = 0; array < kSplatArrays; ++array) scene[array].resize(size * WidthOf(array, kSyntheticShRestCount));
  const double typical_log = std::log(kTypicalSize) + kSizeExponent * std::log(double(count) / 1e6);
  ParallelFor(executor, count, kChunk, [&](int64_t begin, int64_t end) {
    Random random = Random(kSeed).Skipped(uint64_t(begin) * kDrawsPerSplat);
    for (int64_t i = begin; i < end; ++i) DrawSplat(i, typical_log, random, scene);
  });
  return scene;
}

kernels::SplatsView<float> ViewOf(const SyntheticScene& scene) {
  return kernels::SplatsViewOf<float>(scene, scene.count, kSyntheticShRestCount);
}

Camera SyntheticCamera(int width, int height) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = 0.9 * width;
  camera.cx = width / 2.0;
  camera.cy = height / 2.0;
  return camera;
}

}  // namespace splat::bench
