// This header sorts and scans on the device: by CUB on a GPU, by plain loops under emulation. All functions are stable
// and deterministic. Scratch comes from the context; nothing is synchronised.
#pragma once

#include "core/gpu.cuh"

#if !defined(SPLAT_CUDA_EMULATION)
#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>
#else
#include <algorithm>
#include <numeric>
#include <type_traits>
#include <vector>
#endif

namespace splat::gpu {
inline namespace SPLAT_GPU_NAMESPACE {

// There are two arrays of each kind, and one of them holds the data; the sort decides which one it is afterwards.
template <typename Key, typename Value>
struct PairBuffers {
  Key* keys = nullptr;  // [n] in, later out
  Key* other_keys = nullptr;
  Value* values = nullptr;  // [n]
  Value* other_values = nullptr;
};

// Sorts by the bits [0, bits) of unsigned keys, ascending and stable; the result lies in keys and values of what is
// returned.
template <typename Key, typename Value>
PairBuffers<Key, Value> SortPairs(const KernelContext& context, PairBuffers<Key, Value> pairs, int64_t n, int bits) {
  if (n == 0) return pairs;
#if defined(SPLAT_CUDA_EMULATION)
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t(0));
  const Key mask = bits >= int(8 * sizeof(Key)) ? Key(~Key(0)) : Key((Key(1) << bits) - 1);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return (pairs.keys[a] & mask) < (pairs.keys[b] & mask); });
  for (int64_t i = 0; i < n; ++i) {
    pairs.other_keys[i] = pairs.keys[order[size_t(i)]];
    pairs.other_values[i] = pairs.values[order[size_t(i)]];
  }
  (void)context;
  return {pairs.other_keys, pairs.keys, pairs.other_values, pairs.values};
#else
  cub::DoubleBuffer<Key> keys(pairs.keys, pairs.other_keys);
  cub::DoubleBuffer<Value> values(pairs.values, pairs.other_values);
  const cudaStream_t stream = static_cast<cudaStream_t>(context.stream);
  size_t bytes = 0;
  CheckCuda(cub::DeviceRadixSort::SortPairs(nullptr, bytes, keys, values, n, 0, bits, stream), "sort");
  void* scratch = context.scratch->Allocate(bytes);
  CheckCuda(cub::DeviceRadixSort::SortPairs(scratch, bytes, keys, values, n, 0, bits, stream), "sort");
  return {keys.Current(), keys.Alternate(), values.Current(), values.Alternate()};
#endif
}

// out[i] = in[0] + ... + in[i], without the bits that T does not hold.
template <typename T>
void InclusiveSum(const KernelContext& context, const T* in, T* out, int64_t n) {
  if (n == 0) return;
#if defined(SPLAT_CUDA_EMULATION)
  std::make_unsigned_t<T> sum = 0;
  for (int64_t i = 0; i < n; ++i) out[i] = T(sum += std::make_unsigned_t<T>(in[i]));
  (void)context;
#else
  const cudaStream_t stream = static_cast<cudaStream_t>(context.stream);
  size_t bytes = 0;
  CheckCuda(cub::DeviceScan::InclusiveSum(nullptr, bytes, in, out, n, stream), "scan");
  void* scratch = context.scratch->Allocate(bytes);
  CheckCuda(cub::DeviceScan::InclusiveSum(scratch, bytes, in, out, n, stream), "scan");
#endif
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::gpu
