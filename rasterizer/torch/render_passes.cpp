#include "rasterizer/torch/render_passes.h"

#include "core/check.h"
#include "rasterizer/torch/tensor_arena.h"
#include "rasterizer/torch/tensor_view.h"

namespace splat {
namespace {

kernels::TileListView ListOf(const ForwardTensors& f, int64_t splats, const torch::Device& device) {
  static_assert(sizeof(kernels::TileInstance) == 2 * sizeof(int32_t), "an instance is a row of the tensor `entries`");
  kernels::TileListView list;
  list.slot_begin = PointerTo<int32_t>(f.slot_begin, {splats + 1}, "slot_begin", device);
  list.tile_begin = PointerTo<int32_t>(f.tile_begin, {-1}, "tile_begin", device);
  list.entries = reinterpret_cast<kernels::TileInstance*>(PointerTo<int32_t>(f.entries, {-1, 2}, "entries", device));
  list.instances = f.entries.size(0);
  return list;
}

kernels::PixelsView<float> PixelsOf(const ForwardTensors& f, const SceneTensors& scene, const torch::Device& device) {
  const int64_t h = scene.camera.height, w = scene.camera.width;
  return {PointerTo<float>(f.image, {h, w, 3}, "image", device), PointerTo<float>(f.alpha, {h, w}, "alpha", device),
          scene.with_depth ? PointerTo<float>(f.depth, {h, w}, "depth", device) : nullptr};
}

// What the forward pass that left these tensors has returned.
PassResult<float> PassResultOf(const SceneTensors& scene, const ForwardTensors& f) {
  const PassInput<float> input = PassInputOf(scene);
  const torch::Device device = scene.model.means.device();
  const int64_t n = input.splats.count;
  PassResult<float> result = WithoutResults(input);
  result.project.out = {PointerTo<float>(f.records, {n, kernels::kRecordSize}, "records", device),
                        PointerTo<int32_t>(f.tile_counts, {n}, "tile_counts", device)};
  kernels::BlendParams<float>& blend = result.blend;
  blend.projected = result.project.out;
  blend.list = ListOf(f, n, device);
  blend.out = PixelsOf(f, scene, device);
  result.rows = blend.list.instances;
  return result;
}

}  // namespace

kernels::SplatsView<float> SplatsViewOf(const SplatModel& model) {
  SPLAT_CHECK(model.means.dim() == 2, "means: has shape ", model.means.sizes(), ", expected [-1, 3]");
  const torch::Device device = model.means.device();
  const int64_t n = model.means.size(0), k = model.sh_rest.dim() == 3 ? model.sh_rest.size(1) : -1;
  kernels::SplatsView<float> splats;
  splats.count = n;
  splats.sh_rest_count = int(k);
  for (int array = 0; array < kSplatArrays; ++array) {
    splats[array] = PointerTo<float>(model[array], ShapeOf(array, n, k), kSplatArrayList[array].name, device);
  }
  return splats;
}

SceneTensors SceneOf(const SplatModel& model, const Camera& camera, const RenderSettings& settings) {
  const SceneTraits traits = DrawnTraits(model, settings);
  SceneTensors scene;
  scene.model = model;
  scene.camera = camera;
  scene.background = BackgroundOf(traits);
  scene.options = {settings.near, settings.far, traits.sh_degree, traits.antialiasing};
  return scene;
}

PassInput<float> PassInputOf(const SceneTensors& scene) {
  PassInput<float> input;
  input.splats = SplatsViewOf(scene.model);
  input.camera = scene.camera;
  input.options = scene.options;
  input.background = scene.background;
  input.with_depth = scene.with_depth;
  return input;
}

ForwardTensors ForwardPass(const PassBackend& backend, const SceneTensors& scene) {
  const PassInput<float> input = PassInputOf(scene);
  TensorArena arena(scene.model.means.device());
  Pipeline<float>{backend.stages, backend.context, arena}.Forward(input);
  const int64_t n = input.splats.count, h = scene.camera.height, w = scene.camera.width;
  ForwardTensors out;
  out.records = arena.Get(kRecords, {n, kernels::kRecordSize});
  out.tile_counts = arena.Get(kTileCounts, {n});
  out.slot_begin = arena.Get(kSlotBegin, {n + 1});
  out.tile_begin = arena.Get(kTileBegin, {-1});
  out.entries = arena.Get(kEntries, {-1, 2});
  out.image = arena.Get(kImage, {h, w, 3});
  out.alpha = arena.Get(kAlpha, {h, w});
  out.depth = arena.Get(kDepth, {h, w});
  return out;
}

kernels::ProjectBackwardParams<float> BackwardPass(const Pipeline<float>& pipeline, const SceneTensors& scene,
                                                   const ForwardTensors& forward, const PixelGradTensors& grad,
                                                   bool abs_mean) {
  const torch::Device device = scene.model.means.device();
  const int64_t h = scene.camera.height, w = scene.camera.width;
  kernels::PixelsGradView<float> view;
  view.image = PointerTo<float>(grad.image, {h, w, 3}, "grad_image", device);
  if (grad.alpha.defined()) view.alpha = PointerTo<float>(grad.alpha, {h, w}, "grad_alpha", device);
  if (grad.depth.defined()) view.depth = PointerTo<float>(grad.depth, {h, w}, "grad_depth", device);
  return pipeline.Backward(PassResultOf(scene, forward), view, abs_mean);
}

}  // namespace splat
