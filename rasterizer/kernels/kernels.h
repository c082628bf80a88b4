// This header declares the stages of rendering and of its gradient. Each is a function of one parameter struct; the
// caller allocates every result. Forward: Project, CountInstances, BinSplats, Blend. Backward: BlendBackward, then
// ProjectBackward for the splats, and CameraGradient where the camera moves, too (docs/architecture.md). The templates
// run on the CPU, in float and in double; a backend's table (backend.h) has the float functions of one backend.
#pragma once

#include <cstdint>

#include "core/camera.h"
#include "core/kernel_context.h"
#include "rasterizer/kernels/views.h"
#include "rasterizer/math/antialiasing_modes.h"
#include "rasterizer/math/thresholds.h"

namespace splat::kernels {

using splat::KernelContext;

struct ProjectOptions {
  double near = math::kDefaultNear;  // splats with z < near are culled, scene units
  double far = math::kDefaultFar;
  int sh_degree = 3;  // active degree, at most what the model stores
  Antialiasing antialiasing = Antialiasing::kNone;
};

// Throws splat::Error for a degree that does not exist, or needs more than sh_rest_count coefficients.
void CheckShDegree(int degree, int sh_rest_count);

template <typename T>
struct ProjectParams {
  SplatsView<T> splats;
  Camera camera;
  ProjectOptions options;
  ProjectedView<T> out;
};

// Computes activations, covariance, projection, colour, and the number of tiles reached. Non-finite input makes a splat
// invisible. Throws splat::Error for a degree that the model does not store.
template <typename T>
void Project(const KernelContext& context, const ProjectParams<T>& params);

// Throws splat::Error, with what to do, for more instances than kMaxInstances.
void CheckInstanceCount(int64_t instances);

struct InstanceCount {
  int64_t instances = 0;  // I
  int64_t visible = 0;    // splats that reach at least one tile
};

constexpr bool HasRoomFor(const InstanceCount& room, const InstanceCount& found) {
  return found.instances <= room.instances && found.visible <= room.visible;
}

// Fills slot_begin [N + 1], the exclusive sums of tile_counts [N]. Throws as CheckInstanceCount.
InstanceCount CountInstances(const KernelContext& context, const int32_t* tile_counts, int64_t count,
                             int32_t* slot_begin);

template <typename T>
struct BinParams {
  int64_t count = 0;    // N
  int64_t visible = 0;  // as CountInstances says
  int width = 0, height = 0;
  ProjectedView<T> projected;
  TileListView list;  // slot_begin filled, instances known, the other arrays allocated
  // [1] The count that RenderStages::count_on_device has returned: `visible` and list.instances are only the room for
  // it. If it is null, they are the counts themselves.
  const InstanceCount* found = nullptr;
};

// Sorts the visible splats by depth (equal depths: by index) and distributes them to the tiles they reach. A list
// without room for what was found becomes empty, and the later stages make an empty image of it, never a part of one.
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

// Composites front to back, one tile a task.
template <typename T>
void Blend(const KernelContext& context, const BlendParams<T>& params);

template <typename T>
struct BlendBackwardParams {
  BlendParams<T> forward;  // with the results of Blend
  PixelsGradView<T> grad;
  T* slots = nullptr;    // [I, kSlotSize], overwritten
  bool abs_mean = true;  // false: the entries kSlotAbsMean are not wanted and may be 0
};

// Replays each tile front to back and leaves each instance's sums in its slot.
template <typename T>
void BlendBackward(const KernelContext& context, const BlendBackwardParams<T>& params);

template <typename T>
struct ProjectBackwardParams {
  ProjectParams<T> forward;             // with the results of Project
  const int32_t* slot_begin = nullptr;  // [N + 1]
  const T* slots = nullptr;             // [I, kSlotSize]
  SplatsGradView<T> grad;
  ScreenStatsView<T> stats;
};

// Sums each splat's slots and carries the gradient through projection, covariance, colour and activations.
template <typename T>
void ProjectBackward(const KernelContext& context, const ProjectBackwardParams<T>& params);

// A small motion of the camera: a translation along its axes, in scene units, then a rotation about its axes, in
// radians. As a left tangent xi of camera_from_world, it takes a point p of the camera frame to exp(xi) p, which is
// p + translation + rotation x p in the first order.
constexpr int kCameraMotionSize = 6;
// What the gradient of a camera is with respect to: a motion of it, then the logarithm of a factor of both its focal
// lengths, and a radial distortion kappa of its image, which shows the point x = (x / z, y / z) at x (1 + kappa |x|^2).
constexpr int kCameraNumbers = kCameraMotionSize + 2;

template <typename T>
struct CameraGradientParams {
  ProjectParams<T> forward;             // with the results of Project
  const int32_t* slot_begin = nullptr;  // [N + 1]
  const T* slots = nullptr;             // [I, kSlotSize]
  double* gradient = nullptr;           // [kCameraNumbers] dL/d(numbers) at 0, overwritten
};

// Sums the gradient of the loss with respect to a motion of the camera and to its focal length: through the means in
// its frame, the turn of the covariances, the directions that the colours are seen from, and the size of what it sees
// (docs/math.md, section 13). It reads what
// ProjectBackward reads, and runs before it or the update that takes its place. The sums are in double and in a fixed
// order. A splat whose part is not finite is left out.
template <typename T>
void CameraGradient(const KernelContext& context, const CameraGradientParams<T>& params);

}  // namespace splat::kernels
