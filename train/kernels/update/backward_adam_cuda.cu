// BackwardAndAdam on a GPU: one kernel from the slots' sums to the updated model (docs/math.md, sections 1 to 5, 10
// and 11). Memory-bound: parameters are read once from far memory, moments are read and written once, gradients stay in
// shared memory.
#include "core/check.h"
#include "rasterizer/kernels/project/project_cuda.cuh"
#include "rasterizer/math/sh.h"
#include "train/kernels/cuda_kernels.cuh"
#include "train/kernels/update/adam_cuda.cuh"

namespace splat::train::SPLAT_GPU_NAMESPACE {
namespace {

namespace stages = splat::kernels;
namespace device_stages = kernels::SPLAT_GPU_NAMESPACE;

constexpr int kThreads = 128;  // splats of a block
// Leaves a thread 128 registers: with fewer the compiler spills.
constexpr int kBlocksPerProcessor = 4;

// A splat's stored coefficients in shared memory; an odd pitch keeps the lanes of a warp in banks of their own.
__host__ __device__ constexpr int RestPitch(int sh_rest_count) {
  return (3 * sh_rest_count) | 1;
}

// The gradients of a block's splats. Groups other than kShRest lie as in the model. For kShRest the two factors of
// the gradient are stored.
struct BlockGrad {
  float means[3 * kThreads], log_scales[3 * kThreads], quats[4 * kThreads], opacity_logits[kThreads];
  float sh_dc[3 * kThreads];
  float basis[kThreads][math::kMaxShRest];
  float color[kThreads][3];
};

// Coefficients are read before the gradients are written.
union BackwardAdamShared {
  float rest[kThreads * RestPitch(math::kMaxShRest)];
  BlockGrad grad;
};

// What the kernel needs of BackwardAdamParams.
struct BackwardAdamTask {
  stages::SplatsView<float> splats;
  device_stages::DeviceView view;
  stages::ProjectedView<float> projected;
  const int32_t* slot_begin;
  const float* slots;
  stages::ScreenStatsView<float> stats;
  DensityStatsView density;
  SplatPenalty penalty;
  int updated_rest;  // coefficients per channel to update: K, or 0
  AdamTarget targets[kSplatArrays];
  AdamFactors<float> factors[kSplatArrays];
  UnusableFlag flag;
};

// Copies the coefficients of the block's splats to shared memory, neighbouring threads neighbouring numbers.
__device__ inline void StageRest(const stages::SplatsView<float>& splats, int64_t first_splat, int count, float* rest) {
  const int width = 3 * splats.sh_rest_count, pitch = RestPitch(splats.sh_rest_count);
  const float* from = splats.sh_rest + first_splat * width;
  for (int e = int(threadIdx.x); e < count * width; e += kThreads) rest[e / width * pitch + e % width] = from[e];
}

struct ThreadGrad {
  math::SplatBackward<float> back;
  Vec2<float> mean_px;
  bool visible;
};

// The gradient of splat i but for its coefficients, from the sums over its slots; of a hidden splat it is 0. `rest`:
// the splat's coefficients.
template <int kDegree, Antialiasing kMode>
__device__ inline ThreadGrad GradOfSplat(const BackwardAdamTask& task, int64_t i, const float* rest,
                                         const float (&sum)[stages::kSlotSize]) {
  ThreadGrad grad{};
  grad.visible = task.projected.tile_counts[i] > 0;
  if (!grad.visible) return grad;
  const math::ProjectedSplatGrad<float> grad_projected =
      stages::GradFromSlots(task.projected.records + stages::kRecordSize * i, sum);
  grad.mean_px = grad_projected.mean;
  math::StoredSplat<float> splat = stages::LoadSplat(task.splats, i);
  splat.sh_rest = rest;
  const math::ProjectLimits limits = {task.view.limits.near, task.view.limits.far, kDegree, kMode};
  grad.back = math::ProjectSplatBackward(task.view.camera, limits, splat, grad_projected);
  return grad;
}

__device__ inline void StoreStatsOfSplat(const BackwardAdamTask& task, int64_t i, const ThreadGrad& grad,
                                         const float (&sum)[stages::kSlotSize]) {
  stages::StoreStats(task.stats, i, grad.mean_px, sum);
  if (!grad.visible || !task.density.gradient_sum) return;
  const Vec2<float> absolute = {sum[stages::kSlotAbsMean], sum[stages::kSlotAbsMean + 1]};
  AddDensityStats(task.density, i, task.density.absolute ? absolute : grad.mean_px);
}

template <int kDegree>
__device__ inline void StoreBlockGrad(const math::SplatBackward<float>& back, BlockGrad& grad) {
  const int mine = int(threadIdx.x);
  stages::StoreGrad<float>({grad.means, grad.log_scales, grad.quats, grad.opacity_logits, grad.sh_dc, nullptr}, mine,
                           back.splat);
  // Degree 0: the constant's part only.
  math::ShCoefficientsBackward<float>(0, back.direction, back.grad_color, grad.sh_dc + 3 * mine, nullptr);
  math::ShBasis(kDegree, back.direction, grad.basis[mine]);
  grad.color[mine][0] = back.grad_color.x;
  grad.color[mine][1] = back.grad_color.y;
  grad.color[mine][2] = back.grad_color.z;
}

// Adam over `size` numbers of the block; grad_of(e) is the gradient of number e. Neighbouring threads take neighbouring
// float4s: a block's splats are a multiple of four, so its part of an array is aligned.
template <typename GradOf>
__device__ inline void UpdateBlock(const BackwardAdamTask& task, int group, int64_t begin, int size,
                                   const GradOf& grad_of) {
  const AdamFactors<float>& factors = task.factors[group];
  AdamTarget target = task.targets[group];
  target = {target.value + begin, target.first + begin, target.second + begin};
  const int wide = size / kWide;
  for (int i = int(threadIdx.x); i < wide; i += kThreads) {
    const int e = kWide * i;
    UpdateWide(factors, target, i, make_float4(grad_of(e), grad_of(e + 1), grad_of(e + 2), grad_of(e + 3)), task.flag);
  }
  for (int e = kWide * wide + int(threadIdx.x); e < size; e += kThreads) {
    UpdateOne(factors, target, e, grad_of(e), task.flag);
  }
}

__device__ inline void UpdateGroup(const BackwardAdamTask& task, int group, int width, int64_t first_splat, int count,
                                   const float* grad) {
  UpdateBlock(task, group, first_splat * width, count * width, [&](int e) { return grad[e]; });
}

template <int kDegree>
__device__ inline void UpdateRest(const BackwardAdamTask& task, int64_t first_splat, int count, const BlockGrad& grad) {
  const int width = 3 * task.updated_rest;
  UpdateBlock(task, kShRest, first_splat * width, count * width, [&](int e) {
    const int splat = e / width, coefficient = (e - splat * width) / 3, channel = e % 3;
    return coefficient < math::ShRestCount(kDegree) ? grad.basis[splat][coefficient] * grad.color[splat][channel]
                                                    : 0.0f;
  });
}

// Block of kThreads. First one thread: one splat, up to its gradient; then the block walks over its part of each array.
// 23 KiB of shared memory: the splats' coefficients, later their gradients. No atomics.
template <int kDegree, Antialiasing kMode>
__global__ void __launch_bounds__(kThreads, kBlocksPerProcessor) BackwardAdamKernel(BackwardAdamTask task) {
  SPLAT_SHARED(BackwardAdamShared, shared);
  const int mine = int(threadIdx.x);
  const int64_t first_splat = int64_t(blockIdx.x) * kThreads, left = task.splats.count - first_splat;
  const int count = left < kThreads ? int(left) : kThreads;
  const int64_t i = first_splat + mine;
  if (kDegree > 0) StageRest(task.splats, first_splat, count, shared.rest);
  float sum[stages::kSlotSize];
  device_stages::SumSlotsOfWarp(task.slots, mine < count ? task.slot_begin[i] : 0,
                                mine < count ? task.slot_begin[i + 1] : 0, sum);
  if (kDegree > 0) gpu::SyncBlock();
  ThreadGrad grad{};
  if (mine < count) {
    grad = GradOfSplat<kDegree, kMode>(task, i, shared.rest + mine * RestPitch(task.splats.sh_rest_count), sum);
    StoreStatsOfSplat(task, i, grad, sum);
  }
  if (kDegree > 0) gpu::SyncBlock();
  StoreBlockGrad<kDegree>(grad.back, shared.grad);
  // To the thread's own numbers.
  if (!task.penalty.IsZero() && mine < count) {
    AddPenalty(task.penalty, task.splats.opacity_logits[i], task.splats.log_scales + 3 * i,
               shared.grad.opacity_logits[mine], shared.grad.log_scales + 3 * mine);
  }
  gpu::SyncBlock();
  UpdateGroup(task, kMeans, 3, first_splat, count, shared.grad.means);
  UpdateGroup(task, kLogScales, 3, first_splat, count, shared.grad.log_scales);
  UpdateGroup(task, kQuats, 4, first_splat, count, shared.grad.quats);
  UpdateGroup(task, kOpacityLogits, 1, first_splat, count, shared.grad.opacity_logits);
  UpdateGroup(task, kShDc, 3, first_splat, count, shared.grad.sh_dc);
  if (task.updated_rest > 0) UpdateRest<kDegree>(task, first_splat, count, shared.grad);
}

BackwardAdamTask TaskOf(const BackwardAdamParams& params) {
  const stages::ProjectParams<float>& forward = params.backward.forward;
  BackwardAdamTask task;
  task.splats = forward.splats;
  task.view = device_stages::MakeDeviceView(forward);
  task.projected = forward.out;
  task.slot_begin = params.backward.slot_begin;
  task.slots = params.backward.slots;
  task.stats = params.backward.stats;
  task.density = params.density;
  task.penalty = params.penalty;
  task.flag = {params.last_unusable_step, double(params.step)};
  task.updated_rest = params.skip_sh_rest ? 0 : forward.splats.sh_rest_count;
  for (int group = 0; group < kSplatArrays; ++group) {
    task.targets[group] = {params.value[group], params.first[group], params.second[group]};
    for (const float* array : {params.value[group], params.first[group], params.second[group]}) {
      SPLAT_CHECK(IsWideAligned(array), "BackwardAndAdam: arrays must be aligned to ", kWide * sizeof(float), " bytes");
    }
    task.factors[group] =
        AdamFactorsOf<float>(params.learning_rates[group], params.beta1, params.beta2, params.epsilon, params.step);
  }
  return task;
}

template <int kDegree, Antialiasing kMode>
void Launch(const KernelContext& context, const BackwardAdamTask& task) {
  SPLAT_LAUNCH(context, (BackwardAdamKernel<kDegree, kMode>), gpu::BlocksFor(task.splats.count, kThreads), kThreads,
               task);
}

}  // namespace

void BackwardAndAdam(const KernelContext& context, const BackwardAdamParams& params) {
  CheckBackwardAdamParams(params);
  const BackwardAdamTask task = TaskOf(params);
  static_assert(math::kMaxShDegree == 3, "a launch for each degree");
  ForAntialiasing(task.view.limits.antialiasing, [&](auto mode) {
    constexpr Antialiasing kMode = decltype(mode)::value;
    constexpr decltype(&Launch<0, kMode>) kLaunches[] = {Launch<0, kMode>, Launch<1, kMode>, Launch<2, kMode>,
                                                         Launch<3, kMode>};
    kLaunches[task.view.limits.sh_degree](context, task);
  });
}

}  // namespace splat::train::SPLAT_GPU_NAMESPACE
