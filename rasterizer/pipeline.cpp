#include "rasterizer/pipeline.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/math/tiles.h"

namespace splat {
namespace {

// `count` elements in the arena; null if there are none.
template <typename Element>
Element* Array(Arena& arena, PassBuffer buffer, int64_t count) {
  void* const memory = arena.Buffer(buffer, size_t(count) * sizeof(Element));
  return count > 0 ? static_cast<Element*>(memory) : nullptr;
}

template <typename T>
int64_t TilesOf(const kernels::BlendParams<T>& blend) {
  const math::TileGrid grid = math::TileGridOf(blend.width, blend.height);
  return int64_t(grid.columns) * grid.rows;
}

// The numbers of a list, or the room for them.
template <typename T>
void CountInstances(const Pipeline<T>& pipeline, PassResult<T>& result, kernels::BinParams<T>& bin) {
  const auto& [stages, context, arena, prediction] = pipeline;
  kernels::InstanceCount size;
  result.predicted = prediction && prediction->room().instances > 0 && stages.count_on_device;
  if (result.predicted) {
    bin.found = stages.count_on_device(context, bin.projected.tile_counts, bin.count, bin.list.slot_begin);
    prediction->QueueCount(context, bin.found);
    size = {prediction->room().instances, std::min(prediction->room().visible, bin.count)};
  } else {
    size = stages.count_instances(context, bin.projected.tile_counts, bin.count, bin.list.slot_begin);
    if (prediction) prediction->MakeRoomFor(size);
  }
  bin.list.instances = size.instances;
  bin.visible = size.visible;
  result.rows = prediction ? prediction->room().instances : size.instances;
}

}  // namespace

template <typename T>
PassResult<T> Pipeline<T>::Forward(const PassInput<T>& input) const {
  PassResult<T> result = Begin(input);
  stages.project(context, result.project);
  MakeLists(result);
  Blend(result);
  return result;
}

template <typename T>
PassResult<T> WithoutResults(const PassInput<T>& input) {
  PassResult<T> result;
  result.project.splats = input.splats;
  result.project.camera = input.camera;
  result.project.options = input.options;
  result.blend.width = input.camera.width;
  result.blend.height = input.camera.height;
  std::copy(input.background.begin(), input.background.end(), result.blend.background);
  result.with_depth = input.with_depth;
  return result;
}

template <typename T>
PassResult<T> Pipeline<T>::Begin(const PassInput<T>& input) const {
  const int64_t splats = input.splats.count;
  PassResult<T> result = WithoutResults(input);
  result.project.out = {Array<T>(arena, kRecords, splats * kernels::kRecordSize),
                        Array<int32_t>(arena, kTileCounts, splats)};
  result.blend.projected = result.project.out;
  return result;
}

template <typename T>
void Pipeline<T>::MakeLists(PassResult<T>& result) const {
  kernels::BinParams<T> bin;
  bin.count = result.project.splats.count;
  bin.width = result.blend.width;
  bin.height = result.blend.height;
  bin.projected = result.project.out;
  bin.list.slot_begin = Array<int32_t>(arena, kSlotBegin, bin.count + 1);
  bin.list.tile_begin = Array<int32_t>(arena, kTileBegin, TilesOf(result.blend) + 1);
  CountInstances(*this, result, bin);
  bin.list.entries = Array<kernels::TileInstance>(arena, kEntries, result.rows);
  result.blend.list = bin.list;
  stages.bin_splats(context, bin);
}

template <typename T>
void Pipeline<T>::Blend(PassResult<T>& result) const {
  const int64_t pixels = int64_t(result.blend.width) * result.blend.height;
  result.blend.out = {Array<T>(arena, kImage, 3 * pixels), Array<T>(arena, kAlpha, pixels),
                      result.with_depth ? Array<T>(arena, kDepth, pixels) : nullptr};
  stages.blend(context, result.blend);
}

template <typename T>
kernels::ProjectBackwardParams<T> Pipeline<T>::Backward(const PassResult<T>& forward,
                                                        const kernels::PixelsGradView<T>& grad, bool abs_mean) const {
  SPLAT_CHECK(forward.with_depth || !grad.depth, "grad_depth: the forward pass has left depth out");
  kernels::BlendBackwardParams<T> blend;
  blend.forward = forward.blend;
  blend.grad = grad;
  blend.abs_mean = abs_mean;
  blend.slots = Array<T>(arena, kSlots, forward.rows * kernels::kSlotSize);
  stages.blend_backward(context, blend);
  kernels::ProjectBackwardParams<T> params;
  params.forward = forward.project;
  params.slot_begin = forward.blend.list.slot_begin;
  params.slots = blend.slots;
  return params;
}

template PassResult<float> WithoutResults(const PassInput<float>&);
template PassResult<double> WithoutResults(const PassInput<double>&);
template struct Pipeline<float>;
template struct Pipeline<double>;

}  // namespace splat
