// CameraGradient on a GPU: one thread a splat around the maths of one splat, the sums of each block in its row of
// scratch, and a second kernel over the rows (docs/math.md, section 13). Memory-bound as ProjectBackward, whose results
// it does not write.
#include "rasterizer/kernels/cuda_kernels.cuh"
#include "rasterizer/kernels/project/project_cuda.cuh"

namespace splat::kernels::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 128;
constexpr int kWarps = kThreads / gpu::kWarpSize;

struct GradientShared {
  double warps[kWarps][kCameraNumbers];
};

// One thread: one splat. block_sums: [kCameraNumbers, gridDim.x].
template <int kDegree, Antialiasing kMode>
__global__ void __launch_bounds__(kThreads)
    CameraGradientKernel(SplatsView<float> splats, DeviceView any_view, ProjectedView<float> projected, Slots slots,
                         double* block_sums) {
  SPLAT_SHARED(GradientShared, shared);
  const DeviceView view = Specialized<kDegree, kMode>(any_view);
  const int64_t i = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  const bool visible = i < splats.count && projected.tile_counts[i] > 0;
  float sum[kSlotSize];
  SumSlotsOfWarp(slots.values, visible ? slots.begin[i] : 0, visible ? slots.begin[i + 1] : 0, sum);
  math::CameraGrad<float> grad{};
  if (visible) {
    const math::ProjectedSplatGrad<float> grad_projected = GradFromSlots(projected.records + kRecordSize * i, sum);
    grad = math::ProjectSplatAndCameraBackward(view.camera, view.limits, LoadSplat(splats, i), grad_projected).camera;
    if (!IsFinite(grad)) grad = {};
  }
  const float parts[kCameraNumbers] = {grad.translation.x, grad.translation.y, grad.translation.z, grad.rotation.x,
                                       grad.rotation.y,    grad.rotation.z,    grad.focal,         grad.radial};
  gpu::LeaveBlockSums(parts, shared.warps, block_sums);
}

struct RowShared {
  double warps[kWarps];
};

// One block: one number, the sum of a row of block_sums.
__global__ void __launch_bounds__(kThreads)
    CameraGradientSumKernel(const double* block_sums, int64_t columns, double* gradient) {
  SPLAT_SHARED(RowShared, shared);
  const double sum = gpu::BlockSumOf(block_sums + blockIdx.x * columns, columns, shared.warps);
  if (threadIdx.x == 0) gradient[blockIdx.x] = sum;
}

template <int kDegree, Antialiasing kMode>
void Launch(const KernelContext& context, const CameraGradientParams<float>& params, const DeviceView& view,
            double* block_sums) {
  const ProjectParams<float>& forward = params.forward;
  SPLAT_LAUNCH(context, (CameraGradientKernel<kDegree, kMode>), gpu::BlocksFor(forward.splats.count, kThreads),
               kThreads, forward.splats, view, forward.out, Slots{params.slot_begin, params.slots}, block_sums);
}

}  // namespace

void CameraGradient(const KernelContext& context, const CameraGradientParams<float>& params) {
  const DeviceView view = MakeDeviceView(params.forward);
  const int64_t blocks = gpu::BlocksFor(params.forward.splats.count, kThreads);
  double* block_sums = context.scratch->AllocateArray<double>(kCameraNumbers * blocks);
  ForAntialiasing(view.limits.antialiasing, [&](auto mode) {
    constexpr Antialiasing kMode = decltype(mode)::value;
    constexpr decltype(&Launch<0, kMode>) kLaunches[] = {Launch<0, kMode>, Launch<1, kMode>, Launch<2, kMode>,
                                                         Launch<3, kMode>};
    kLaunches[view.limits.sh_degree](context, params, view, block_sums);
  });
  SPLAT_LAUNCH(context, CameraGradientSumKernel, kCameraNumbers, kThreads, block_sums, blocks, params.gradient);
}

}  // namespace splat::kernels::SPLAT_GPU_NAMESPACE
