// This header makes models with their moments on a backend's device, the slots of a loss on them, and what the tests of
// the update pass to it.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "core/random.h"
#include "rasterizer/pipeline.h"
#include "tests/support/device_arena.h"
#include "tests/support/scenes.h"
#include "tests/support/train_backends.h"

namespace splat::testing {

inline std::vector<float> Floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// The arrays of a model on the host.
using Groups = std::array<std::vector<float>, kSplatArrays>;

// A model with its moments as a training starts, or amid it.
struct ModelScene {
  Camera camera = TestCamera(48, 32, 3);
  int64_t count = 0;
  int rest = 0, active_degree = 0;
  bool antialiased = false;
  Groups value, first, second;
};

inline ModelScene SceneOf(const SplatArrays& splats, int active_degree) {
  ModelScene scene;
  scene.count = splats.count;
  scene.rest = splats.sh_rest_count;
  scene.active_degree = active_degree;
  scene.value = {Floats(splats.means),          Floats(splats.log_scales), Floats(splats.quats),
                 Floats(splats.opacity_logits), Floats(splats.sh_dc),      Floats(splats.sh_rest)};
  for (int group = 0; group < kSplatArrays; ++group) {
    scene.first[size_t(group)].assign(scene.value[size_t(group)].size(), 0.0f);
    scene.second[size_t(group)] = scene.first[size_t(group)];
  }
  return scene;
}

// Moments as after some steps, so that those of hidden splats have something to lose.
inline void FillMoments(ModelScene& scene) {
  Random random(77);
  for (Groups* moments : {&scene.first, &scene.second}) {
    for (std::vector<float>& group : *moments) {
      for (float& m : group) m = float(1e-4 * random.Normal());
    }
  }
  for (std::vector<float>& group : scene.second) {
    for (float& m : group) m *= m;
  }
}

// Some of the splats lie outside of the image.
inline ModelScene RandomScene(int64_t count, int stored_degree, int active_degree) {
  SceneOptions options;
  options.seed = uint64_t(100 + count);
  options.splats = count;
  options.sh_degree = stored_degree;
  options.outside = 0.4;
  ModelScene scene = SceneOf(RandomSplats(options, ModelScene().camera), active_degree);
  FillMoments(scene);
  return scene;
}

using DeviceGroups = std::vector<std::unique_ptr<DeviceArray<float>>>;

inline DeviceGroups OnDevice(TestDevice& device, const Groups& groups) {
  DeviceGroups on_device;
  for (const std::vector<float>& group : groups)
    on_device.push_back(std::make_unique<DeviceArray<float>>(device, group));
  return on_device;
}

// A scene's model on a device.
struct DeviceModel {
  const ModelScene& scene;
  DeviceGroups value, first, second;

  DeviceModel(TestDevice& device, const ModelScene& s)
      : scene(s),
        value(OnDevice(device, s.value)),
        first(OnDevice(device, s.first)),
        second(OnDevice(device, s.second)) {}
  kernels::SplatsView<float> View() const {
    kernels::SplatsView<float> view;
    view.count = scene.count;
    view.sh_rest_count = scene.rest;
    for (int array = 0; array < kSplatArrays; ++array) view[array] = value[size_t(array)]->data();
    return view;
  }
};

// The forward pass and the gradient up to the slots.
struct DeviceRender {
  DeviceArena arena;
  kernels::ProjectBackwardParams<float> backward;

  DeviceRender(const TrainBackend& backend, const DeviceModel& model) : arena(*backend.device) {
    const ModelScene& scene = model.scene;
    PassInput<float> input;
    input.splats = model.View();
    input.camera = scene.camera;
    input.options.sh_degree = scene.active_degree;
    input.options.antialiasing = CompensatedIf(scene.antialiased);
    input.background = {0.1f, 0.2f, 0.3f};
    const size_t pixels = size_t(scene.camera.width) * size_t(scene.camera.height);
    Random random(9);
    const DeviceArray<float> grad(*backend.device, Floats(RandomVector(3 * pixels, -1e-3, 1e-3, random)));
    const TrainCall call(backend);
    const Pipeline<float> pipeline = {backend.kernels->render, call.context, arena};
    backward = pipeline.Backward(pipeline.Forward(input), {grad.data(), nullptr, nullptr});
  }

  kernels::ProjectBackwardParams<float> BackwardParams(const DeviceModel& model) const {
    kernels::ProjectBackwardParams<float> params = backward;
    params.forward.splats = model.View();
    return params;
  }
  std::vector<int32_t> TileCounts() const { return arena.Get<int32_t>(kTileCounts); }
};

// Screen statistics on a device.
struct DeviceStats {
  DeviceArray<float> grad_mean, abs_mean;

  DeviceStats(TestDevice& device, int64_t count) : grad_mean(device, 2 * count), abs_mean(device, 2 * count) {}
  kernels::ScreenStatsView<float> View() const { return {grad_mean.data(), abs_mean.data()}; }
};

}  // namespace splat::testing
