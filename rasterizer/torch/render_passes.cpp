#include "rasterizer/torch/render_passes.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/math/tiles.h"
#include "rasterizer/torch/tensor_view.h"

namespace splat {
namespace {

using torch::Tensor;

kernels::ProjectedView<float> ViewOf(const ForwardTensors& f, const SceneTensors& scene) {
  const int64_t n = scene.model.means.size(0);
  const torch::Device device = scene.model.means.device();
  return {PointerTo<float>(f.records, {n, kernels::kRecordSize}, "records", device),
          PointerTo<int32_t>(f.tile_counts, {n}, "tile_counts", device)};
}

kernels::TileListView ListOf(const ForwardTensors& f, const SceneTensors& scene) {
  static_assert(sizeof(kernels::TileInstance) == 2 * sizeof(int32_t), "an instance is a row of the tensor `entries`");
  const torch::Device device = scene.model.means.device();
  kernels::TileListView list;
  list.instances = f.instances;
  list.slot_begin = PointerTo<int32_t>(f.slot_begin, {scene.model.means.size(0) + 1}, "slot_begin", device);
  list.tile_begin = PointerTo<int32_t>(f.tile_begin, {-1}, "tile_begin", device);
  SPLAT_CHECK(f.entries.defined() && f.entries.size(0) >= f.instances, "entries: fewer rows than ", f.instances);
  list.entries = reinterpret_cast<kernels::TileInstance*>(PointerTo<int32_t>(f.entries, {-1, 2}, "entries", device));
  return list;
}

kernels::ProjectParams<float> ProjectParamsOf(const SceneTensors& scene, const ForwardTensors& forward) {
  const SplatModel& model = scene.model;
  const torch::Device device = model.means.device();
  const int64_t n = model.means.size(0), k = model.sh_rest.dim() == 3 ? model.sh_rest.size(1) : -1;
  kernels::ProjectParams<float> params;
  params.splats.count = n;
  params.splats.sh_rest_count = int(k);
  for (int array = 0; array < kSplatArrays; ++array) {
    params.splats[array] = PointerTo<float>(model[array], ShapeOf(array, n, k), kSplatArrayList[array].name, device);
  }
  params.camera = scene.camera;
  params.options = scene.options;
  params.out = ViewOf(forward, scene);
  return params;
}

kernels::BlendParams<float> BlendParamsOf(const SceneTensors& scene, const ForwardTensors& forward) {
  const torch::Device device = scene.model.means.device();
  const int64_t h = scene.camera.height, w = scene.camera.width;
  kernels::BlendParams<float> params;
  params.width = scene.camera.width;
  params.height = scene.camera.height;
  std::copy(scene.background.begin(), scene.background.end(), params.background);
  params.projected = ViewOf(forward, scene);
  params.list = ListOf(forward, scene);
  params.out = {PointerTo<float>(forward.image, {h, w, 3}, "image", device),
                PointerTo<float>(forward.alpha, {h, w}, "alpha", device),
                scene.with_depth ? PointerTo<float>(forward.depth, {h, w}, "depth", device) : nullptr};
  return params;
}

// Memory for a result, from the workspace if there is one.
Tensor Empty(const PassBackend& backend, const torch::Device& device, PassTensor result, torch::IntArrayRef shape,
             torch::ScalarType type) {
  if (backend.workspace) return backend.workspace->Get(result, shape, type);
  return torch::empty(shape, torch::TensorOptions(type).device(device));
}

// The numbers of a list, or the room for them in the workspace.
void CountInstances(const PassBackend& backend, int64_t splats, ForwardTensors& out, kernels::BinParams<float>& bin) {
  const auto& [stages, context, workspace] = backend;
  int32_t* slot_begin = out.slot_begin.data_ptr<int32_t>();
  kernels::InstanceCount size;
  out.predicted = workspace && workspace->room().instances > 0 && stages.count_on_device;
  if (out.predicted) {
    bin.found = stages.count_on_device(context, bin.projected.tile_counts, splats, slot_begin);
    workspace->QueueCount(context, bin.found);
    size = {workspace->room().instances, std::min(workspace->room().visible, splats)};
  } else {
    size = stages.count_instances(context, bin.projected.tile_counts, splats, slot_begin);
    if (workspace) workspace->MakeRoomFor(size);
  }
  out.instances = size.instances;
  bin.visible = size.visible;
}

// Counts and bins the splats.
void MakeLists(const PassBackend& backend, const SceneTensors& scene, ForwardTensors& out) {
  kernels::BinParams<float> bin;
  bin.count = scene.model.means.size(0);
  bin.width = scene.camera.width;
  bin.height = scene.camera.height;
  bin.projected = ViewOf(out, scene);
  CountInstances(backend, bin.count, out, bin);
  const int64_t rows = backend.workspace ? backend.workspace->room().instances : out.instances;
  out.entries = Empty(backend, scene.model.means.device(), kEntries, {rows, 2}, torch::kInt32);
  bin.list = ListOf(out, scene);
  backend.stages.bin_splats(backend.context, bin);
}

}  // namespace

ForwardTensors ForwardPass(const PassBackend& backend, const SceneTensors& scene) {
  SPLAT_CHECK(scene.model.means.dim() == 2, "means: has shape ", scene.model.means.sizes(), ", expected [-1, 3]");
  const torch::Device device = scene.model.means.device();
  const int64_t n = scene.model.means.size(0), h = scene.camera.height, w = scene.camera.width;
  const math::TileGrid grid = math::TileGridOf(scene.camera.width, scene.camera.height);
  const int64_t tiles = int64_t(grid.columns) * grid.rows;
  ForwardTensors out;
  out.records = Empty(backend, device, kRecords, {n, kernels::kRecordSize}, torch::kFloat32);
  out.tile_counts = Empty(backend, device, kTileCounts, {n}, torch::kInt32);
  out.slot_begin = Empty(backend, device, kSlotBegin, {n + 1}, torch::kInt32);
  out.tile_begin = Empty(backend, device, kTileBegin, {tiles + 1}, torch::kInt32);
  backend.stages.project(backend.context, ProjectParamsOf(scene, out));
  MakeLists(backend, scene, out);
  out.image = Empty(backend, device, kImage, {h, w, 3}, torch::kFloat32);
  out.alpha = Empty(backend, device, kAlpha, {h, w}, torch::kFloat32);
  if (scene.with_depth) out.depth = Empty(backend, device, kDepth, {h, w}, torch::kFloat32);
  backend.stages.blend(backend.context, BlendParamsOf(scene, out));
  return out;
}

Tensor BlendBackwardPass(const PassBackend& backend, const SceneTensors& scene, const ForwardTensors& forward,
                         const PixelGradTensors& grad, bool abs_mean) {
  const torch::Device device = scene.model.means.device();
  const int64_t h = scene.camera.height, w = scene.camera.width;
  kernels::BlendBackwardParams<float> params;
  params.forward = BlendParamsOf(scene, forward);
  params.abs_mean = abs_mean;
  params.grad.image = PointerTo<float>(grad.image, {h, w, 3}, "grad_image", device);
  if (grad.alpha.defined()) params.grad.alpha = PointerTo<float>(grad.alpha, {h, w}, "grad_alpha", device);
  SPLAT_CHECK(scene.with_depth || !grad.depth.defined(), "grad_depth: the forward pass has left depth out");
  if (grad.depth.defined()) params.grad.depth = PointerTo<float>(grad.depth, {h, w}, "grad_depth", device);
  Tensor slots = Empty(backend, device, kSlots, {forward.entries.size(0), kernels::kSlotSize}, torch::kFloat32);
  params.slots = PointerTo<float>(slots, {-1, kernels::kSlotSize}, "slots", device);
  backend.stages.blend_backward(backend.context, params);
  return slots;
}

kernels::ProjectBackwardParams<float> ProjectBackwardParamsOf(const SceneTensors& scene, const ForwardTensors& forward,
                                                              const Tensor& slots) {
  kernels::ProjectBackwardParams<float> params;
  params.forward = ProjectParamsOf(scene, forward);
  params.slot_begin = ListOf(forward, scene).slot_begin;
  params.slots = PointerTo<float>(slots, {-1, kernels::kSlotSize}, "slots", scene.model.means.device());
  return params;
}

}  // namespace splat
