// CUDA threads run here as fibers on the CPU: this header is what a .cu file needs when g++ compiles it with -include
// (core/gpu.cuh has the rules such a file keeps). One block runs after the other; within a block each thread is a fiber
// of Boost.Context, suspended at every barrier and warp operation until all participants have arrived.
//
// What is detected, and reported as splat::Error that names kernel, block, thread and source line:
//   - a barrier that not all threads of the block reach, or that they reach at different places;
//   - a warp operation whose mask and participants disagree, or that lanes reach at different places;
//   - more static shared memory than a block may have (48 KiB).
// Shared memory is filled with 0xff (NaN, -1) before each block, so what nothing wrote shows in the results; each
// shared object is a heap block of its own, so AddressSanitizer sees accesses outside of it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#include "core/kernel_context.h"
#include "tests/support/emulated_gpu.h"

#define SPLAT_CUDA_EMULATION 1
#define SPLAT_GPU_NAMESPACE emulated
#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define SPLAT_UNROLL

namespace splat::emulation {

struct Index3 {
  unsigned x = 0, y = 0, z = 0;
};
struct ThreadIndices {
  Index3 thread, block, block_size, grid_size;
};
// The indices of the fiber that runs.
const ThreadIndices& Indices();

// Runs `body` once for each thread. Throws splat::Error for what is detected, and rethrows what a thread throws.
void Launch(const char* kernel, int64_t blocks, int threads, const std::function<void()>& body);

// Where a barrier or a warp operation stands in the source.
struct Site {
  const char* file;
  int line;
};

enum class WarpOperation { kBallot, kAny, kAll, kShuffle };
// Waits for the lanes of `mask`; `value` travels as bits. kShuffle: returns the value of lane `source` (0 ... 31).
uint64_t WarpCollective(WarpOperation operation, unsigned mask, uint64_t value, int source, Site site);
// Barrier of the block; returns the number of threads with predicate true.
int BlockBarrier(bool predicate, Site site);

// The block's object of this key: made, and filled with 0xff, for the first thread that asks.
void* SharedBytes(const void* key, size_t bytes);

template <typename T>
uint64_t ToBits(T value) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <typename T>
T FromBits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace splat::emulation

#define threadIdx (::splat::emulation::Indices().thread)
#define blockIdx (::splat::emulation::Indices().block)
#define blockDim (::splat::emulation::Indices().block_size)
#define gridDim (::splat::emulation::Indices().grid_size)

// The key of a declaration is the address of a byte of its own.
#define SPLAT_SHARED(Type, name)                                    \
  Type& name = *static_cast<Type*>(::splat::emulation::SharedBytes( \
      [] {                                                          \
        static const char key = 0;                                  \
        return static_cast<const void*>(&key);                      \
      }(),                                                          \
      sizeof(Type)))

#define SPLAT_LAUNCH(context, kernel, blocks, threads, ...)                                 \
  do {                                                                                      \
    (void)(context);                                                                        \
    ::splat::emulation::Launch(#kernel, (blocks), (threads), [&] { kernel(__VA_ARGS__); }); \
  } while (false)

struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
inline float2 make_float2(float x, float y) {
  return {x, y};
}
inline float4 make_float4(float x, float y, float z, float w) {
  return {x, y, z, w};
}

namespace splat::gpu {
inline namespace emulated {

#define SPLAT_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline int LaneIndex() {
  return int(threadIdx.x) & 31;
}
inline int WarpIndex() {
  return int(threadIdx.x) / 32;
}
inline unsigned Ballot(bool predicate, SPLAT_SITE) {
  using namespace emulation;
  return unsigned(WarpCollective(WarpOperation::kBallot, 0xffffffffu, predicate, 0, {file, line}));
}
inline bool AnyOfWarp(bool predicate, SPLAT_SITE) {
  using namespace emulation;
  return WarpCollective(WarpOperation::kAny, 0xffffffffu, predicate, 0, {file, line}) != 0;
}
inline bool AllOfWarp(bool predicate, SPLAT_SITE) {
  using namespace emulation;
  return WarpCollective(WarpOperation::kAll, 0xffffffffu, predicate, 0, {file, line}) != 0;
}
template <typename T>
T Shuffle(T value, int source_lane, SPLAT_SITE) {
  using namespace emulation;
  return FromBits<T>(
      WarpCollective(WarpOperation::kShuffle, 0xffffffffu, ToBits(value), source_lane & 31, {file, line}));
}
template <typename T>
T ShuffleXor(T value, int lane_mask, SPLAT_SITE) {
  return Shuffle(value, LaneIndex() ^ lane_mask, file, line);
}
template <typename T>
T ShuffleUp(T value, int delta, SPLAT_SITE) {
  return Shuffle(value, LaneIndex() >= delta ? LaneIndex() - delta : LaneIndex(), file, line);
}
inline void SyncBlock(SPLAT_SITE) {
  emulation::BlockBarrier(false, {file, line});
}
inline int SyncBlockCount(bool predicate, SPLAT_SITE) {
  return emulation::BlockBarrier(predicate, {file, line});
}
#undef SPLAT_SITE

inline int LowestBit(unsigned bits) {
  return __builtin_ctz(bits);
}
template <typename T>
T AtomicAdd(T* target, T value) {
  const T before = *target;
  *target = before + value;
  return before;
}
template <typename T>
T AtomicMin(T* target, T value) {
  const T before = *target;
  if (value < before) *target = value;
  return before;
}
inline float Exp2Fast(float x) {
  return x < -126.0f ? 0.0f : std::exp2(x);
}
inline float ReciprocalFast(float x) {
  return 1.0f / x;
}

// Device memory is the process's own.
inline void CopyToHost(const KernelContext&, void* host, const void* device, size_t bytes) {
  std::memcpy(host, device, bytes);
}
inline void CopyToDevice(const KernelContext&, void* device, const void* host, size_t bytes) {
  if (bytes > 0) std::memcpy(device, host, bytes);
}
inline void CopyOnDevice(const KernelContext&, void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}
inline void SetBytes(const KernelContext&, void* device, int value, size_t bytes) {
  if (bytes > 0) std::memset(device, value, bytes);
}

}  // namespace emulated
}  // namespace splat::gpu
