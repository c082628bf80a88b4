// Views are what the stages read and write: pointers that own nothing, counts, and a shape on every pointer. T is float
// in production and double in the oracle. N: splats of the model. K: stored SH coefficients per channel beyond the
// first (0, 3, 8, 15). I: instances, that is pairs (splat, tile). H, W: image.
#pragma once

#include <cstdint>

#include "scene/splat_arrays.h"

namespace splat::kernels {

// Stored parameters of the model, one array of N rows each (scene/splat_arrays.h); sh_rest is null if K is 0.
template <typename T>
struct SplatsView : SplatArraysOf<const T*> {
  int64_t count = 0;      // N
  int sh_rest_count = 0;  // K
};

// Gradients of the same arrays; overwritten, never added to.
template <typename T>
using SplatsGradView = SplatArraysOf<T*>;

// The splats that a holder of arrays owns: a SplatArraysOf<std::vector<T>>, or of anything else with data().
template <typename T, typename Holder>
SplatsView<T> SplatsViewOf(const Holder& arrays, int64_t count, int sh_rest_count) {
  SplatsView<T> view;
  view.count = count;
  view.sh_rest_count = sh_rest_count;
  for (int array = 0; array < kSplatArrays; ++array) {
    if (WidthOf(array, sh_rest_count) > 0) view[array] = arrays[array].data();
  }
  return view;
}

// Splats as one camera sees them: a record of 12 numbers each, so that drawing a splat reads one piece of memory
// (rasterizer/kernels/records.h reads and writes them). All entries of a splat that is not visible are 0.
constexpr int kRecordSize = 12;
enum RecordEntry {
  kRecordMean = 0,     // 2: px
  kRecordConic = 2,    // 3: (xx, xy, yy), 1/px^2
  kRecordOpacity = 5,  // activated
  kRecordColor = 6,    // 3: clamped at 0
  kRecordDepth = 9,    // z in the camera frame, scene units
  kRecordHalf = 10     // 2: half extents of the ellipse outside which the splat is not drawn, px
};
template <typename T>
struct ProjectedView {
  T* records = nullptr;            // [N, kRecordSize]
  int32_t* tile_counts = nullptr;  // [N] tiles reached
};

// One splat in one tile.
struct TileInstance {
  int32_t splat = 0;
  int32_t slot = 0;
};

// More instances than this are refused (CountInstances): places and slots are 32-bit numbers.
constexpr int64_t kMaxInstances = 2147483647;

// The lists say which splats each tile draws, front to back. Slots number the instances splat-major (a splat's
// instances have consecutive slots), so that the gradient of an instance has a place of its own and no atomics are
// needed.
struct TileListView {
  int64_t instances = 0;            // I
  int32_t* slot_begin = nullptr;    // [N + 1] first slot of each splat
  int32_t* tile_begin = nullptr;    // [tiles + 1] first entry of each tile in the array below
  TileInstance* entries = nullptr;  // [I] by tile, then by depth, then by splat index
};

// The image.
template <typename T>
struct PixelsView {
  T* image = nullptr;  // [H, W, 3] background included
  T* alpha = nullptr;  // [H, W] 1 - final transmittance
  // [H, W] The sum of weight x depth (not divided by alpha), in scene units. It is null where it is not wanted, and has
  // no gradient then.
  T* depth = nullptr;
};

template <typename T>
struct PixelsGradView {
  const T* image = nullptr;  // [H, W, 3]
  const T* alpha = nullptr;  // [H, W] or null: zero
  const T* depth = nullptr;  // [H, W] or null: zero
};

// Numbers per instance that the blend's backward pass leaves in the instance's slot.
constexpr int kSlotSize = 12;
enum SlotEntry {
  kSlotColor = 0,    // 3: dL/dcolor
  kSlotDepth = 3,    // dL/ddepth
  kSlotMoments = 4,  // 6: math::BlendMoments
  kSlotAbsMean = 10  // 2: sum over pixels of |dL/dmean_px|, per axis
};

// Screen-space statistics for densification, filled by the backward pass.
template <typename T>
struct ScreenStatsView {
  T* grad_mean_px = nullptr;  // [N, 2] dL/dmean_px; or null
  T* abs_mean_px = nullptr;  // [N, 2] the same with the absolute value taken per pixel (AbsGS, Ye et al. 2024); or null
};

}  // namespace splat::kernels
