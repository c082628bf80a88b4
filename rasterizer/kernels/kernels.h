// The stages of rendering and of its gradient. Each is a function of one parameter struct; the caller allocates every
// result. Forward: Project, CountInstances, BinSplats, Blend. Backward: BlendBackward, ProjectBackward
// (docs/architecture.md).
#pragma once

#include <cstdint>

#include "core/camera.h"
#include "core/parallel.h"
#include "rasterizer/kernels/views.h"

namespace splat::kernels {

// Where a stage runs. The CPU backend needs an executor only.
struct KernelContext {
  Executor* executor = nullptr;
};

struct ProjectOptions {
  double near = math::kDefaultNear;  // splats with z < near are culled, scene units
  double far = math::kDefaultFar;
  int sh_degree = 3;  // active degree, at most what the model stores
};

template <typename T>
struct ProjectParams {
  SplatsView<T> splats;
  Camera camera;
  ProjectOptions options;
  ProjectedView<T> out;
};

// Activations, covariance, projection, colour, and the number of tiles reached. Non-finite input makes a splat
// invisible. Throws splat::Error for a degree that the model does not store.
template <typename T>
void Project(const KernelContext& context, const ProjectParams<T>& params);

// Fills slot_begin [N + 1], the exclusive sums of tile_counts; returns I.
int64_t CountInstances(const int32_t* tile_counts, int64_t count, int64_t* slot_begin);

template <typename T>
struct BinParams {
  int64_t count = 0;  // N
  int width = 0, height = 0;
  ProjectedView<T> projected;
  TileListView list;  // slot_begin filled, instances known, the other arrays allocated
};

// Sorts the visible splats by depth (equal depths: by index) and distributes them to the tiles they reach.
template <typename T>
void BinSplats(const KernelContext& context, const BinParams<T>& params);

template <typename T>
struct BlendParams {
  int width = 0, height = 0;
  T background[3] = {};
  ProjectedView<T> projected;
  TileListView list;
  PixelsView<T> out;
};

// Front-to-back compositing, one tile a task.
template <typename T>
void Blend(const KernelContext& context, const BlendParams<T>& params);

template <typename T>
struct BlendBackwardParams {
  BlendParams<T> forward;  // with the results of Blend
  PixelsGradView<T> grad;
  T* slots = nullptr;  // [I, kSlotSize], overwritten
};

// Replays each tile front to back and leaves each instance's sums in its slot.
template <typename T>
void BlendBackward(const KernelContext& context, const BlendBackwardParams<T>& params);

template <typename T>
struct ProjectBackwardParams {
  ProjectParams<T> forward;             // with the results of Project
  const int64_t* slot_begin = nullptr;  // [N + 1]
  const T* slots = nullptr;             // [I, kSlotSize]
  SplatsGradView<T> grad;
  ScreenStatsView<T> stats;
};

// Sums each splat's slots and carries the gradient through projection, covariance, colour and activations.
template <typename T>
void ProjectBackward(const KernelContext& context, const ProjectBackwardParams<T>& params);

}  // namespace splat::kernels
