// This header has the costly half of the clustering (kmeans.h): k-means of each part by itself, on the CPU or on a GPU.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/kernel_context.h"

namespace splat::formats {

// Points that are clustered together.
struct Part {
  std::vector<uint32_t> members;  // of the whole set
  int64_t clusters = 0;           // how many centres it gets, at most one a member
};

struct PartsParams {
  const std::vector<float>& points;  // [count, dimensions], the whole set
  int dimensions;
  const std::vector<Part>& parts;  // none is empty
  uint64_t seed;                   // of the first part; that of part p is seed + p
};

// This is what fitting makes of a part. Results are in the order of the parts.
struct FittedPart {
  std::vector<float> centers;    // [found, dimensions]; fewer than asked for where there are fewer different points
  std::vector<uint32_t> labels;  // [members], the nearest centre, of equal ones the first
};

// Copies the members' points, one after the other.
inline void GatherPoints(const std::vector<float>& points, int dimensions, const std::vector<uint32_t>& members,
                         float* gathered) {
  for (size_t i = 0; i < members.size(); ++i) {
    std::copy_n(points.begin() + std::ptrdiff_t(members[i]) * dimensions, dimensions,
                gathered + std::ptrdiff_t(i) * dimensions);
  }
}

std::vector<FittedPart> FitParts(const PartsParams& params, Executor& executor);

// Fits the parts on a GPU, with the CPU's bits, except that squares of differences below 1.2e-38, which a ThreadPool
// takes for 0, count there. As many parts as have `most_points` points go to the GPU at once, and larger ones one by
// one; a point takes some 200 bytes at 45 dimensions. It needs the context's scratch and stream, and its executor if
// gathering is to use one. Throws splat::Error for what CUDA reports and for other than 9, 24 or 45 dimensions (those
// of spherical harmonics); what the allocator throws passes through.
using FitPartsOnGpu = std::vector<FittedPart> (*)(const KernelContext& context, const PartsParams& params,
                                                  int64_t most_points);
constexpr int64_t kMostPointsOnGpu = 1 << 21;

// Returns null in a build without CUDA. Whether there is a GPU is the caller's to know.
FitPartsOnGpu CudaFitParts();

namespace cuda {
std::vector<FittedPart> FitPartsOnDevice(const KernelContext& context, const PartsParams& params, int64_t most_points);
}
namespace emulated {  // the same .cu file compiled by g++ for the tests (core/gpu.cuh)
std::vector<FittedPart> FitPartsOnDevice(const KernelContext& context, const PartsParams& params, int64_t most_points);
}

}  // namespace splat::formats
