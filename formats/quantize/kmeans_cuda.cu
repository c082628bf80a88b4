// k-means of many small parts on a GPU: a block for each part does all that the CPU's task does (kmeans.cpp), in the
// same order where sums are rounded. Blocks know nothing of each other, and there are no atomics.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/gpu.cuh"
#include "formats/quantize/kmeans_math.h"
#include "formats/quantize/kmeans_parts.h"

namespace splat::formats::SPLAT_GPU_NAMESPACE {
namespace {

constexpr int kThreads = 256;
constexpr float kFarthest = 3.402823466e+38f;  // the largest float, where the CPU begins, too

constexpr uint32_t kNoLabel = 0xffffffff;

// Where a part lies in the arrays of a batch.
struct PlacedPart {
  int64_t first_point, points;
  int64_t first_center, clusters;
  uint64_t seed;
};

// A batch of parts, on the device.
struct Batch {
  const PlacedPart* parts;
  const float* points;       // [points, dimensions]
  float* squared_distances;  // [points]
  uint32_t* labels;          // [points], within the part
  float* centers;            // [centers, dimensions]
  double* sums;              // [centers, dimensions]
  int64_t* members;          // [centers]
  int64_t* found;            // [parts], centres
};

// The arrays of one part.
struct PartArrays {
  const float* points;
  float* squared_distances;
  uint32_t* labels;
  float* centers;
  double* sums;
  int64_t* members;
  int64_t count;  // of points
};

struct Draw {
  int64_t next;  // -1: every point is a centre
};

// k-means++: all threads lower the distances, the first draws. Begins the labels, too. Returns the number of centres.
template <int kDimensions>
__device__ int64_t SeedCenters(const PartArrays& part, int64_t clusters, uint64_t seed, Draw& draw) {
  Random random(seed);
  for (int64_t i = threadIdx.x; i < part.count; i += kThreads) {
    part.squared_distances[i] = kFarthest;
    part.labels[i] = kNoLabel;
  }
  if (threadIdx.x == 0) draw.next = int64_t(random.Below(uint64_t(part.count)));
  gpu::SyncBlock();
  for (int64_t c = 0; c < clusters; ++c) {
    const float* center = part.points + draw.next * kDimensions;
    if (threadIdx.x < kDimensions) part.centers[c * kDimensions + threadIdx.x] = center[threadIdx.x];
    for (int64_t i = threadIdx.x; i < part.count; i += kThreads) {
      part.squared_distances[i] =
          LoweredDistance(part.squared_distances[i], part.points + i * kDimensions, center, kDimensions);
    }
    gpu::SyncBlock();
    if (threadIdx.x == 0) draw.next = DrawCenter(part.squared_distances, part.count, random);
    gpu::SyncBlock();
    if (draw.next < 0) return c + 1;
  }
  return clusters;
}

// Labels each point with its nearest centre. Returns whether a label of this thread's points has changed.
template <int kDimensions>
__device__ bool LabelPoints(const PartArrays& part, int64_t centers) {
  bool changed = false;
  for (int64_t i = threadIdx.x; i < part.count; i += kThreads) {
    float point[kDimensions];
    SPLAT_UNROLL
    for (int d = 0; d < kDimensions; ++d) point[d] = part.points[i * kDimensions + d];
    float smallest = INFINITY;
    uint32_t nearest = 0;
    for (int64_t c = 0; c < centers; ++c) {
      float distance = 0;
      SPLAT_UNROLL
      for (int d = 0; d < kDimensions; ++d) {
        distance = PlusSquare(distance, point[d], part.centers[c * kDimensions + d]);
      }
      if (!(distance < smallest)) continue;
      smallest = distance;
      nearest = uint32_t(c);
    }
    changed |= part.labels[i] != nearest;
    part.labels[i] = nearest;
  }
  return changed;
}

// Moves each centre to the mean of its points. A thread adds one dimension for every kGroups-th centre, in the order of
// the points.
template <int kDimensions>
__device__ void MoveCenters(const PartArrays& part, int64_t centers) {
  constexpr unsigned kGroups = kThreads / kDimensions;
  const unsigned group = threadIdx.x / kDimensions, d = threadIdx.x % kDimensions;
  for (int64_t e = threadIdx.x; e < centers * kDimensions; e += kThreads) part.sums[e] = 0;
  for (int64_t c = threadIdx.x; c < centers; c += kThreads) part.members[c] = 0;
  gpu::SyncBlock();
  for (int64_t i = 0; group < kGroups && i < part.count; ++i) {
    const uint32_t center = part.labels[i];
    if (center % kGroups != group) continue;
    part.sums[int64_t(center) * kDimensions + d] += double(part.points[i * kDimensions + d]);
    if (d == 0) ++part.members[center];
  }
  gpu::SyncBlock();
  for (int64_t e = threadIdx.x; e < centers * kDimensions; e += kThreads) {
    const int64_t members = part.members[e / kDimensions];
    if (members > 0) part.centers[e] = MeanOf(part.sums[e], members);
  }
}

// A block: one part. Block of kThreads.
template <int kDimensions>
__global__ void __launch_bounds__(kThreads) FitPartsKernel(Batch batch) {
  SPLAT_SHARED(Draw, draw);
  const PlacedPart placed = batch.parts[blockIdx.x];
  const PartArrays part{batch.points + placed.first_point * kDimensions,
                        batch.squared_distances + placed.first_point,
                        batch.labels + placed.first_point,
                        batch.centers + placed.first_center * kDimensions,
                        batch.sums + placed.first_center * kDimensions,
                        batch.members + placed.first_center,
                        placed.points};
  const int64_t centers = SeedCenters<kDimensions>(part, placed.clusters, placed.seed, draw);
  // The labels that are found after the last step are the result; so are those that no step would change.
  for (int step = 0;; ++step) {
    const bool changed = LabelPoints<kDimensions>(part, centers);
    const int changes = gpu::SyncBlockCount(changed);
    if (step == kLloydSteps || changes == 0) break;
    MoveCenters<kDimensions>(part, centers);
    gpu::SyncBlock();
  }
  if (threadIdx.x == 0) batch.found[blockIdx.x] = centers;
}

void Launch(const KernelContext& context, int dimensions, int64_t parts, const Batch& batch) {
  switch (dimensions) {
    case 9:
      SPLAT_LAUNCH(context, FitPartsKernel<9>, parts, kThreads, batch);
      return;
    case 24:
      SPLAT_LAUNCH(context, FitPartsKernel<24>, parts, kThreads, batch);
      return;
    case 45:
      SPLAT_LAUNCH(context, FitPartsKernel<45>, parts, kThreads, batch);
      return;
    default:
      throw Error(StrCat("k-means on a GPU takes 9, 24 or 45 dimensions, not ", dimensions));
  }
}

// Parts [begin, end) and what they have together.
struct Range {
  size_t begin = 0, end = 0;
  int64_t points = 0, centers = 0;
};

std::vector<Range> BatchesOf(const std::vector<Part>& parts, int64_t most_points) {
  std::vector<Range> batches;
  for (size_t p = 0; p < parts.size(); ++p) {
    const auto size = int64_t(parts[p].members.size());
    if (batches.empty() || batches.back().points + size > most_points) batches.push_back({p, p, 0, 0});
    batches.back().end = p + 1;
    batches.back().points += size;
    batches.back().centers += parts[p].clusters;
  }
  return batches;
}

// The arrays have room for the largest number of each that a batch has.
struct DeviceArrays {
  DeviceArrays(const KernelContext& context, const std::vector<Range>& batches, int dimensions) {
    int64_t most_parts = 0, most_points = 0, most_centers = 0;
    for (const Range& batch : batches) {
      most_parts = std::max(most_parts, int64_t(batch.end - batch.begin));
      most_points = std::max(most_points, batch.points);
      most_centers = std::max(most_centers, batch.centers);
    }
    ScratchAllocator& scratch = *context.scratch;
    parts = scratch.AllocateArray<PlacedPart>(most_parts);
    points = scratch.AllocateArray<float>(most_points * dimensions);
    squared_distances = scratch.AllocateArray<float>(most_points);
    labels = scratch.AllocateArray<uint32_t>(most_points);
    centers = scratch.AllocateArray<float>(most_centers * dimensions);
    sums = scratch.AllocateArray<double>(most_centers * dimensions);
    members = scratch.AllocateArray<int64_t>(most_centers);
    found = scratch.AllocateArray<int64_t>(most_parts);
  }
  Batch View() const { return {parts, points, squared_distances, labels, centers, sums, members, found}; }

  PlacedPart* parts;
  float *points, *squared_distances;
  uint32_t* labels;
  float* centers;
  double* sums;
  int64_t *members, *found;
};

void Upload(const KernelContext& context, const PartsParams& params, const Range& batch,
            const std::vector<PlacedPart>& placed, const DeviceArrays& arrays) {
  std::vector<float> gathered(size_t(batch.points) * size_t(params.dimensions));
  SerialExecutor serial;
  Executor& executor = context.executor != nullptr ? *context.executor : serial;
  executor.Run(int64_t(placed.size()), [&](int64_t p) {
    GatherPoints(params.points, params.dimensions, params.parts[batch.begin + size_t(p)].members,
                 gathered.data() + placed[size_t(p)].first_point * params.dimensions);
  });
  gpu::CopyToDevice(context, arrays.points, gathered.data(), gathered.size() * sizeof(float));
  gpu::CopyToDevice(context, arrays.parts, placed.data(), placed.size() * sizeof(PlacedPart));
}

template <typename T>
std::vector<T> Downloaded(const KernelContext& context, const T* device, int64_t count) {
  std::vector<T> values(static_cast<size_t>(count));
  gpu::CopyToHost(context, values.data(), device, values.size() * sizeof(T));
  return values;
}

void FitBatch(const KernelContext& context, const PartsParams& params, const Range& batch, const DeviceArrays& arrays,
              std::vector<FittedPart>& fitted) {
  std::vector<PlacedPart> placed;
  int64_t points = 0, centers = 0;
  for (size_t p = batch.begin; p < batch.end; ++p) {
    const auto size = int64_t(params.parts[p].members.size());
    SPLAT_CHECK(size > 0, "k-means: part ", p, " has no points");
    placed.push_back({points, size, centers, params.parts[p].clusters, params.seed + p});
    points += size;
    centers += params.parts[p].clusters;
  }
  Upload(context, params, batch, placed, arrays);
  Launch(context, params.dimensions, int64_t(placed.size()), arrays.View());
  const auto found = Downloaded(context, arrays.found, int64_t(placed.size()));
  const auto labels = Downloaded(context, arrays.labels, points);
  const auto all_centers = Downloaded(context, arrays.centers, centers * params.dimensions);
  for (size_t p = 0; p < placed.size(); ++p) {
    const auto label = labels.begin() + placed[p].first_point;
    const auto center = all_centers.begin() + placed[p].first_center * params.dimensions;
    fitted.push_back({std::vector<float>(center, center + found[p] * params.dimensions),
                      std::vector<uint32_t>(label, label + placed[p].points)});
  }
}

}  // namespace

std::vector<FittedPart> FitPartsOnDevice(const KernelContext& context, const PartsParams& params, int64_t most_points) {
  const std::vector<Range> batches = BatchesOf(params.parts, most_points);
  std::vector<FittedPart> fitted;
  const DeviceArrays arrays(context, batches, params.dimensions);
  for (const Range& batch : batches) FitBatch(context, params, batch, arrays, fitted);
  return fitted;
}

}  // namespace splat::formats::SPLAT_GPU_NAMESPACE
