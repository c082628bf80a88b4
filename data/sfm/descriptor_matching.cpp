#include "data/sfm/descriptor_matching.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace splat::data {
namespace {

constexpr size_t kBlock = 16;        // targets that one pass of the kernel handles
constexpr size_t kRows = 4;          // queries that one pass of the kernel handles
constexpr size_t kPanelBlocks = 16;  // blocks per panel: 64 KiB, stays in the second-level cache while all queries pass
constexpr int kPairs = kDescriptorSize / 2;
constexpr double kSquaredNorm = 512.0 * 512.0;

// Largest and second largest dot product of one query with all targets; ties go to the lower index.
struct BestTwo {
  int best = 0;
  int second = 0;
  int32_t index = -1;

  void Add(int dot, int32_t target) {
    if (dot > best || (dot == best && index >= 0 && target < index)) {
      second = best;
      best = dot;
      index = target;
    } else if (dot > second) {
      second = dot;
    }
  }
};

// Targets as [block][element pair][target in block][2] of 16 bits, padded with zeros: the order in which the kernel
// reads.
std::vector<int16_t> Pack(const Descriptors& targets) {
  const size_t blocks = (targets.count + kBlock - 1) / kBlock;
  std::vector<int16_t> packed(blocks * kBlock * kDescriptorSize, 0);
  for (size_t target = 0; target < targets.count; ++target) {
    const uint8_t* from = targets.values.data() + target * kDescriptorSize;
    int16_t* to = packed.data() + (target / kBlock) * kBlock * kDescriptorSize + (target % kBlock) * 2;
    for (int pair = 0; pair < kPairs; ++pair) {
      to[pair * kBlock * 2] = from[2 * pair];
      to[pair * kBlock * 2 + 1] = from[2 * pair + 1];
    }
  }
  return packed;
}

// One panel: blocks [block_begin, block_end) of `packed` against kRows queries of [kRows, 128].
using PanelKernel = void (*)(const int16_t* queries, const int16_t* packed, size_t block_begin, size_t block_end,
                             BestTwo* results);

void PanelPlain(const int16_t* queries, const int16_t* packed, size_t block_begin, size_t block_end, BestTwo* results) {
  for (size_t block = block_begin; block < block_end; ++block) {
    const int16_t* targets = packed + block * kBlock * kDescriptorSize;
    for (size_t row = 0; row < kRows; ++row) {
      int dots[kBlock] = {};
      for (int pair = 0; pair < kPairs; ++pair) {
        const int a = queries[row * kDescriptorSize + 2 * pair], b = queries[row * kDescriptorSize + 2 * pair + 1];
        const int16_t* t = targets + pair * kBlock * 2;
        for (size_t i = 0; i < kBlock; ++i) dots[i] += a * t[2 * i] + b * t[2 * i + 1];
      }
      for (size_t i = 0; i < kBlock; ++i) results[row].Add(dots[i], int32_t(block * kBlock + i));
    }
  }
}

#if defined(__x86_64__)
// The running best of eight interleaved series of targets.
struct Lanes {
  __m256i best, second, index;
};

__attribute__((target("avx2"))) inline void AddLanes(Lanes& lanes, __m256i dots, __m256i indices) {
  const __m256i larger = _mm256_cmpgt_epi32(dots, lanes.best);
  lanes.second = _mm256_max_epi32(lanes.second, _mm256_min_epi32(lanes.best, dots));
  lanes.best = _mm256_max_epi32(lanes.best, dots);
  lanes.index = _mm256_blendv_epi8(lanes.index, indices, larger);
}

__attribute__((target("avx2"))) void ReduceLanes(const Lanes& lanes, BestTwo& result) {
  alignas(32) int32_t best[8], second[8], index[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(best), lanes.best);
  _mm256_store_si256(reinterpret_cast<__m256i*>(second), lanes.second);
  _mm256_store_si256(reinterpret_cast<__m256i*>(index), lanes.index);
  for (int lane = 0; lane < 8; ++lane) {
    if (index[lane] < 0) continue;
    result.Add(best[lane], index[lane]);
    result.second = std::max(result.second, second[lane]);
  }
}

__attribute__((target("avx2"))) void PanelAvx2(const int16_t* queries, const int16_t* packed, size_t block_begin,
                                               size_t block_end, BestTwo* results) {
  const __m256i zero = _mm256_setzero_si256();
  Lanes lanes[kRows];
  for (Lanes& l : lanes) l = {zero, zero, _mm256_set1_epi32(-1)};
  const __m256i lane_number = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  for (size_t block = block_begin; block < block_end; ++block) {
    const auto* targets = reinterpret_cast<const __m256i*>(packed + block * kBlock * kDescriptorSize);
    __m256i low[kRows] = {zero, zero, zero, zero}, high[kRows] = {zero, zero, zero, zero};
    for (int pair = 0; pair < kPairs; ++pair) {
      const __m256i t0 = _mm256_loadu_si256(targets + 2 * pair), t1 = _mm256_loadu_si256(targets + 2 * pair + 1);
      for (size_t row = 0; row < kRows; ++row) {
        int32_t two;
        std::memcpy(&two, queries + row * kDescriptorSize + 2 * pair, sizeof two);
        const __m256i q = _mm256_set1_epi32(two);
        low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(q, t0));
        high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(q, t1));
      }
    }
    const __m256i first = _mm256_add_epi32(lane_number, _mm256_set1_epi32(int32_t(block * kBlock)));
    for (size_t row = 0; row < kRows; ++row) {
      AddLanes(lanes[row], low[row], first);
      AddLanes(lanes[row], high[row], _mm256_add_epi32(first, _mm256_set1_epi32(8)));
    }
  }
  for (size_t row = 0; row < kRows; ++row) ReduceLanes(lanes[row], results[row]);
}
#endif

PanelKernel ChooseKernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return PanelAvx2;
#endif
  return PanelPlain;
}

// Finds for each of the rows `queries` of `from` its best two among all targets.
std::vector<BestTwo> FindBestTwo(const Descriptors& from, const std::vector<uint32_t>& queries,
                                 const Descriptors& targets) {
  const std::vector<int16_t> packed = Pack(targets);
  const size_t blocks = (targets.count + kBlock - 1) / kBlock;
  const size_t groups = (queries.size() + kRows - 1) / kRows;
  std::vector<int16_t> rows(groups * kRows * kDescriptorSize, 0);
  for (size_t i = 0; i < queries.size(); ++i) {
    const uint8_t* row = from.values.data() + size_t(queries[i]) * kDescriptorSize;
    std::copy(row, row + kDescriptorSize, rows.begin() + i * kDescriptorSize);
  }
  std::vector<BestTwo> results(groups * kRows);
  const PanelKernel kernel = ChooseKernel();
  for (size_t begin = 0; begin < blocks; begin += kPanelBlocks) {
    const size_t end = std::min(blocks, begin + kPanelBlocks);
    for (size_t group = 0; group < groups; ++group) {
      kernel(rows.data() + group * kRows * kDescriptorSize, packed.data(), begin, end, &results[group * kRows]);
    }
  }
  results.resize(queries.size());
  return results;
}

double Angle(int dot) {
  return std::acos(std::min(1.0, dot / kSquaredNorm));
}

bool IsDistinct(const BestTwo& found, const DescriptorMatchOptions& options) {
  if (found.index < 0) return false;
  const double nearest = Angle(found.best);
  return nearest <= options.max_distance_rad && nearest < options.max_ratio * Angle(found.second);
}

void CheckShape(const Descriptors& descriptors) {
  SPLAT_CHECK(descriptors.values.size() == descriptors.count * kDescriptorSize,
              "descriptors: ", descriptors.values.size(), " values for ", descriptors.count, " rows of ",
              kDescriptorSize);
}

}  // namespace

std::vector<FeatureMatch> MatchDescriptors(const Descriptors& first, const Descriptors& second,
                                           const DescriptorMatchOptions& options) {
  CheckShape(first);
  CheckShape(second);
  std::vector<uint32_t> all(first.count);
  for (size_t i = 0; i < all.size(); ++i) all[i] = uint32_t(i);
  const std::vector<BestTwo> forward = FindBestTwo(first, all, second);

  // The way back is only looked at for the few that pass the way there.
  std::vector<FeatureMatch> candidates;
  for (uint32_t i = 0; i < all.size(); ++i) {
    if (IsDistinct(forward[i], options)) candidates.push_back({i, uint32_t(forward[i].index)});
  }
  std::vector<uint32_t> partners(candidates.size());
  for (size_t i = 0; i < partners.size(); ++i) partners[i] = candidates[i].second;
  const std::vector<BestTwo> backward = FindBestTwo(second, partners, first);

  std::vector<FeatureMatch> matches;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (backward[i].index == int32_t(candidates[i].first) && IsDistinct(backward[i], options)) {
      matches.push_back(candidates[i]);
    }
  }
  return matches;
}

}  // namespace splat::data
