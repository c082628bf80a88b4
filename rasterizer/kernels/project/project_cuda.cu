// Project and ProjectBackward on a GPU: one thread a splat around the maths of one splat (docs/math.md, sections 1 to
// 5 and 8). Memory-bound; compiled without contraction, so it decides as the CPU does but for exp and log.
#include "rasterizer/kernels/blend/tile_walk.cuh"
#include "rasterizer/kernels/cuda_kernels.cuh"
#include "rasterizer/kernels/project/project_cuda.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 128;

// One thread: one splat. A warp whose splats all lie outside of the depth range leaves before it reads more than their
// means. Block of kThreads, no shared memory, no atomics.
template <int kDegree, Antialiasing kMode>
__global__ void __launch_bounds__(kThreads)
    ProjectKernel(SplatsView<float> splats, DeviceView any_view, ProjectedView<float> out) {
  const DeviceView view = Specialized<kDegree, kMode>(any_view);
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  bool in_range = false;
  if (i < splats.count) {
    const Vec3<float> mean{splats.means[3 * i], splats.means[3 * i + 1], splats.means[3 * i + 2]};
    in_range = math::IsInDepthRange(view.camera, view.limits, mean);
  }
  math::ProjectedSplat<float> splat{};
  int tiles = 0;
  if (gpu::AnyOfWarp(in_range)) {
    if (in_range) splat = math::ProjectSplat(view.camera, view.limits, LoadSplat(splats, i));
    tiles = CountTilesOfWarp({splat.mean, splat.conic, splat.half}, view.grid, splat.visible);
  }
  if (i >= splats.count) return;
  if (tiles == 0) splat = math::ProjectedSplat<float>{};
  StoreRecord(splat, out.records + kRecordSize * i);
  out.tile_counts[i] = tiles;
}

// One thread: one splat. Block of kThreads, no shared memory, no atomics.
template <int kDegree, Antialiasing kMode>
__global__ void __launch_bounds__(kThreads)
    ProjectBackwardKernel(SplatsView<float> splats, DeviceView any_view, ProjectedView<float> projected, Slots slots,
                          SplatsGradView<float> grad, ScreenStatsView<float> stats) {
  const DeviceView view = Specialized<kDegree, kMode>(any_view);
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const bool inside = i < splats.count;
  float sum[kSlotSize];
  SumSlotsOfWarp(slots.values, inside ? slots.begin[i] : 0, inside ? slots.begin[i + 1] : 0, sum);
  if (!inside) return;
  const int rest = 3 * splats.sh_rest_count;
  math::SplatBackward<float> back{};
  Vec2<float> grad_mean{0, 0};
  const bool visible = projected.tile_counts[i] > 0;
  if (visible) {
    const math::ProjectedSplatGrad<float> grad_projected = GradFromSlots(projected.records + kRecordSize * i, sum);
    grad_mean = grad_projected.mean;
    back = math::ProjectSplatBackward(view.camera, view.limits, LoadSplat(splats, i), grad_projected);
  }
  StoreGrad(grad, i, back.splat);
  StoreStats(stats, i, grad_mean, sum);
  float* grad_rest = grad.sh_rest + rest * i;
  for (int k = visible ? 3 * math::ShRestCount(kDegree) : 0; k < rest; ++k) grad_rest[k] = 0;
  if (visible) {
    math::ShCoefficientsBackward(kDegree, back.direction, back.grad_color, grad.sh_dc + 3 * i, grad_rest);
  } else {
    for (int k = 0; k < 3; ++k) grad.sh_dc[3 * i + k] = 0;
  }
}

template <int kDegree, Antialiasing kMode>
void LaunchProject(const KernelContext& context, const ProjectParams<float>& params, const DeviceView& view) {
  SPLAT_LAUNCH(context, (ProjectKernel<kDegree, kMode>), gpu::BlocksFor(params.splats.count, kThreads), kThreads,
               params.splats, view, params.out);
}

template <int kDegree, Antialiasing kMode>
void LaunchProjectBackward(const KernelContext& context, const ProjectBackwardParams<float>& params,
                           const DeviceView& view) {
  const ProjectParams<float>& forward = params.forward;
  SPLAT_LAUNCH(context, (ProjectBackwardKernel<kDegree, kMode>), gpu::BlocksFor(forward.splats.count, kThreads),
               kThreads, forward.splats, view, forward.out, Slots{params.slot_begin, params.slots}, params.grad,
               params.stats);
}

}  // namespace

void Project(const KernelContext& context, const ProjectParams<float>& params) {
  const DeviceView view = MakeDeviceView(params);
  static_assert(math::kMaxShDegree == 3, "a launch for each degree");
  ForAntialiasing(view.limits.antialiasing, [&](auto mode) {
    constexpr Antialiasing kMode = decltype(mode)::value;
    constexpr decltype(&LaunchProject<0, kMode>) kLaunches[] = {LaunchProject<0, kMode>, LaunchProject<1, kMode>,
                                                                LaunchProject<2, kMode>, LaunchProject<3, kMode>};
    kLaunches[view.limits.sh_degree](context, params, view);
  });
}

void ProjectBackward(const KernelContext& context, const ProjectBackwardParams<float>& params) {
  const DeviceView view = MakeDeviceView(params.forward);
  ForAntialiasing(view.limits.antialiasing, [&](auto mode) {
    constexpr Antialiasing kMode = decltype(mode)::value;
    constexpr decltype(&LaunchProjectBackward<0, kMode>) kLaunches[] = {
        LaunchProjectBackward<0, kMode>, LaunchProjectBackward<1, kMode>, LaunchProjectBackward<2, kMode>,
        LaunchProjectBackward<3, kMode>};
    kLaunches[view.limits.sh_degree](context, params, view);
  });
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
