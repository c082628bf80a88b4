// This header has what the .cu files use of CUDA, under names of our own: launches, warp and block operations, copies.
// The same .cu files are compiled twice: by nvcc for a GPU, and by g++ with -include tests/support/cuda_emulation.h,
// which runs every CUDA thread as a fiber on the CPU (docs/architecture.md, "CUDA without a GPU"). So a .cu file
//   - launches through SPLAT_LAUNCH only, with grids and blocks of one dimension, and at most 1024 threads, in whole
//   warps;
//   - declares shared memory through SPLAT_SHARED only;
//   - uses inline PTX, CUB and fast intrinsics only through the functions of this file and of core/gpu_algorithms.cuh;
//   - never reads warp size or lane from special registers but from LaneIndex().
// Warp operations take the full mask: every lane of a warp reaches them (the emulation refuses anything else).
// Nothing here includes LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "core/kernel_context.h"

#if !defined(SPLAT_CUDA_EMULATION)
#include <cuda_runtime.h>
// The namespace of what a .cu file defines: both compilations may meet in one program (tests on a machine with a GPU).
#define SPLAT_GPU_NAMESPACE cuda
// Before a loop of constant length, so that arrays it indexes stay in registers.
#define SPLAT_UNROLL _Pragma("unroll")
// Shared memory of a block: SPLAT_SHARED(Type, name) declares `name`, a Type that is not initialised.
#define SPLAT_SHARED(Type, name) __shared__ Type name
// SPLAT_LAUNCH(context, kernel, blocks, threads, arguments...) runs a kernel on the context's stream. It does nothing
// for 0 blocks.
#define SPLAT_LAUNCH(context, kernel, blocks, threads, ...)                                                  \
  do {                                                                                                       \
    const int64_t splat_blocks = (blocks);                                                                   \
    if (splat_blocks > 0) {                                                                                  \
      ::splat::gpu::CheckGrid(splat_blocks, #kernel);                                                        \
      kernel<<<unsigned(splat_blocks), unsigned(threads), 0, static_cast<cudaStream_t>((context).stream)>>>( \
          __VA_ARGS__);                                                                                      \
      ::splat::gpu::CheckLaunch((context), #kernel);                                                         \
    }                                                                                                        \
  } while (false)
#endif

namespace splat::gpu {
inline namespace SPLAT_GPU_NAMESPACE {

constexpr int kWarpSize = 32;
constexpr unsigned kFullMask = 0xffffffffu;

constexpr int64_t BlocksFor(int64_t items, int items_per_block) {
  return (items + items_per_block - 1) / items_per_block;
}

#if !defined(SPLAT_CUDA_EMULATION)

// Throws splat::Error for anything but success.
inline void CheckCuda(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // an error that is no sticky one must not be met again by the next call
  throw Error(StrCat("CUDA: ", what, ": ", cudaGetErrorString(status)));
}

inline void CheckGrid(int64_t blocks, const char* kernel) {
  SPLAT_CHECK(blocks <= 2147483647, "CUDA: ", kernel, ": ", blocks, " blocks are more than a grid holds");
}

// In debug builds the launch is waited for, so that an error names its kernel.
inline void CheckLaunch(const KernelContext& context, const char* kernel) {
  CheckCuda(cudaGetLastError(), kernel);
#if !defined(NDEBUG)
  CheckCuda(cudaStreamSynchronize(static_cast<cudaStream_t>(context.stream)), kernel);
#else
  (void)context;
#endif
}

// Copies to the host and waits: a synchronisation.
inline void CopyToHost(const KernelContext& context, void* host, const void* device, size_t bytes) {
  const cudaStream_t stream = static_cast<cudaStream_t>(context.stream);
  CheckCuda(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream), "copy to the host");
  CheckCuda(cudaStreamSynchronize(stream), "copy to the host");
}

// What lies on the host may change as soon as this returns.
inline void CopyToDevice(const KernelContext& context, void* device, const void* host, size_t bytes) {
  if (bytes == 0) return;
  const cudaStream_t stream = static_cast<cudaStream_t>(context.stream);
  CheckCuda(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream), "copy to the GPU");
  CheckCuda(cudaStreamSynchronize(stream), "copy to the GPU");
}

inline void CopyOnDevice(const KernelContext& context, void* to, const void* from, size_t bytes) {
  if (bytes == 0) return;
  CheckCuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, static_cast<cudaStream_t>(context.stream)),
            "copy");
}

inline void SetBytes(const KernelContext& context, void* device, int value, size_t bytes) {
  if (bytes == 0) return;
  CheckCuda(cudaMemsetAsync(device, value, bytes, static_cast<cudaStream_t>(context.stream)), "fill");
}

__device__ inline int LaneIndex() {
  return int(threadIdx.x) & (kWarpSize - 1);
}
__device__ inline int WarpIndex() {
  return int(threadIdx.x) / kWarpSize;
}

__device__ inline unsigned Ballot(bool predicate) {
  return __ballot_sync(kFullMask, predicate);
}
__device__ inline bool AnyOfWarp(bool predicate) {
  return __any_sync(kFullMask, predicate);
}
__device__ inline bool AllOfWarp(bool predicate) {
  return __all_sync(kFullMask, predicate);
}
template <typename T>
__device__ inline T Shuffle(T value, int source_lane) {
  return __shfl_sync(kFullMask, value, source_lane);
}
template <typename T>
__device__ inline T ShuffleXor(T value, int lane_mask) {
  return __shfl_xor_sync(kFullMask, value, lane_mask);
}
// The value of the lane `delta` below; lanes below `delta` keep their own.
template <typename T>
__device__ inline T ShuffleUp(T value, int delta) {
  return __shfl_up_sync(kFullMask, value, unsigned(delta));
}
// Barrier of the block: every thread of it reaches the same call.
__device__ inline void SyncBlock() {
  __syncthreads();
}
// The barrier, and how many threads say true.
__device__ inline int SyncBlockCount(bool predicate) {
  return __syncthreads_count(predicate);
}

// Index of the lowest set bit; bits is not 0.
__device__ inline int LowestBit(unsigned bits) {
  return __ffs(int(bits)) - 1;
}

template <typename T>
__device__ inline T AtomicAdd(T* target, T value) {
  return atomicAdd(target, value);
}
template <typename T>
__device__ inline T AtomicMin(T* target, T value) {
  return atomicMin(target, value);
}

// 2^x with a relative error below 2^-22, for x in a float's normal range of exponents; below it 0.
__device__ inline float Exp2Fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}
// 1 / x with a relative error of 1 ulp for normal x.
__device__ inline float ReciprocalFast(float x) {
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

#endif

// Sum over the warp in a fixed order (a butterfly); every lane gets it.
template <typename T>
__device__ inline T WarpSum(T value) {
  for (int step = kWarpSize / 2; step > 0; step /= 2) value += ShuffleXor(value, step);
  return value;
}

// Sum over the lanes up to and including the own one.
template <typename T>
__device__ inline T WarpInclusiveSum(T value) {
  for (int step = 1; step < kWarpSize; step *= 2) {
    const T below = ShuffleUp(value, step);
    if (LaneIndex() >= step) value += below;
  }
  return value;
}

// Sum over a block of kWarps warps in a fixed order; thread 0 gets it. `warps` is shared memory.
template <typename T, int kWarps>
__device__ inline T BlockSum(T mine, T (&warps)[kWarps]) {
  const T of_warp = WarpSum(mine);
  if (LaneIndex() == 0) warps[WarpIndex()] = of_warp;
  SyncBlock();
  T sum{};
  if (threadIdx.x != 0) return sum;
  for (int warp = 0; warp < kWarps; ++warp) sum += warps[warp];
  return sum;
}

// Leaves the sums over the block of each of kCount numbers of its threads in column blockIdx.x of block_sums [kCount,
// gridDim.x], added as double in a fixed order and without atomics. `warps` is shared memory; a block has at least
// kCount threads.
template <int kCount, int kWarps>
__device__ inline void LeaveBlockSums(const float (&parts)[kCount], double (&warps)[kWarps][kCount],
                                      double* block_sums) {
  SPLAT_UNROLL
  for (int k = 0; k < kCount; ++k) {
    const double of_warp = WarpSum(double(parts[k]));
    if (LaneIndex() == 0) warps[WarpIndex()][k] = of_warp;
  }
  SyncBlock();
  const int k = int(threadIdx.x);
  if (k >= kCount) return;
  double of_block = 0;
  for (int warp = 0; warp < kWarps; ++warp) of_block += warps[warp][k];
  block_sums[int64_t(k) * gridDim.x + blockIdx.x] = of_block;
}

// Sum of `count` numbers by one block; thread 0 gets it. Each thread takes every so-many-th.
template <int kWarps>
__device__ inline double BlockSumOf(const double* values, int64_t count, double (&warps)[kWarps]) {
  double mine = 0;
  for (int64_t i = threadIdx.x; i < count; i += kWarps * kWarpSize) mine += values[i];
  return BlockSum(mine, warps);
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::gpu
