#include "formats/quantize/kmeans.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>

#include "core/check.h"
#include "core/multiversion.h"
#include "core/random.h"
#include "formats/quantize/kmeans_math.h"

namespace splat::formats {
namespace {

constexpr int kLanes = 32;                 // centres whose distances are computed at once
constexpr int64_t kLargestPart = 1 << 20;  // points times centres; larger parts are divided first
constexpr int64_t kMostCoarseCenters = 256;
constexpr int64_t kCoarseSample = 1 << 15;  // points that coarse centres are fitted to
constexpr int64_t kChunkPoints = 512;

// Centres in blocks of kLanes, dimension by dimension, so that one point is compared with a block at a time. Lanes that
// are not used are infinitely far.
class CenterBlocks {
 public:
  CenterBlocks(int dimensions, int64_t capacity)
      : dimensions_(dimensions),
        values_(size_t((capacity + kLanes - 1) / kLanes * kLanes) * size_t(dimensions),
                std::numeric_limits<float>::infinity()) {}

  void Set(int64_t center, const float* point) {
    float* block = values_.data() + center / kLanes * kLanes * dimensions_ + center % kLanes;
    for (int d = 0; d < dimensions_; ++d) block[d * kLanes] = point[d];
  }
  int dimensions() const { return dimensions_; }
  const float* values() const { return values_.data(); }

 private:
  int dimensions_;
  std::vector<float> values_;
};

struct Nearest {
  int64_t center = 0;
  float squared_distance = std::numeric_limits<float>::infinity();
};

// Squared distances of a point to one block of centres, [kLanes].
inline void BlockDistances(const float* point, const float* block, int dimensions, float* distances) {
  for (int lane = 0; lane < kLanes; ++lane) distances[lane] = 0;
  for (int d = 0; d < dimensions; ++d) {
    for (int lane = 0; lane < kLanes; ++lane) {
      distances[lane] = PlusSquare(distances[lane], point[d], block[d * kLanes + lane]);
    }
  }
}

// Finds for each of `count` points the nearest of the first `centers` centres, and the first of equal ones.
SPLAT_MULTIVERSION void FindNearest(const float* points, int64_t count, const float* blocks, int dimensions,
                                    int64_t centers, Nearest* nearest) {
  const int64_t block_count = (centers + kLanes - 1) / kLanes;
  for (int64_t i = 0; i < count; ++i) {
    Nearest best;
    for (int64_t b = 0; b < block_count; ++b) {
      float distances[kLanes];
      BlockDistances(points + i * dimensions, blocks + b * kLanes * dimensions, dimensions, distances);
      float smallest[kLanes / 2];
      for (int lane = 0; lane < kLanes / 2; ++lane) {
        smallest[lane] = std::min(distances[lane], distances[lane + kLanes / 2]);
      }
      float block_best = smallest[0];
      for (int lane = 1; lane < kLanes / 2; ++lane) block_best = std::min(block_best, smallest[lane]);
      if (!(block_best < best.squared_distance)) continue;
      best.squared_distance = block_best;
      int lane = 0;
      while (distances[lane] != block_best) ++lane;
      best.center = b * kLanes + lane;
    }
    nearest[i] = best;
  }
}

// Lowers each point's squared distance to that of one more centre.
SPLAT_MULTIVERSION void LowerDistances(const float* points, int64_t count, int dimensions, const float* center,
                                       float* squared_distances) {
  for (int64_t i = 0; i < count; ++i) {
    squared_distances[i] = LoweredDistance(squared_distances[i], points + i * dimensions, center, dimensions);
  }
}

std::vector<float> Gathered(const std::vector<float>& points, int dimensions, const std::vector<uint32_t>& members) {
  std::vector<float> gathered(members.size() * size_t(dimensions));
  GatherPoints(points, dimensions, members, gathered.data());
  return gathered;
}

// k-means++: each next centre is a point drawn with a probability that follows its squared distance from those there
// are. Ends early when every point is one of them. Returns centres [found, dimensions].
std::vector<float> SeedCenters(const std::vector<float>& points, int dimensions, int64_t clusters, Random& random) {
  const int64_t count = int64_t(points.size()) / dimensions;
  std::vector<float> squared_distances(size_t(count), std::numeric_limits<float>::max());
  std::vector<float> centers;
  auto next = int64_t(random.Below(uint64_t(count)));
  for (int64_t c = 0; c < clusters; ++c) {
    const float* center = points.data() + next * dimensions;
    centers.insert(centers.end(), center, center + dimensions);
    LowerDistances(points.data(), count, dimensions, center, squared_distances.data());
    next = DrawCenter(squared_distances.data(), count, random);
    if (next < 0) break;
  }
  return centers;
}

CenterBlocks BlocksOf(const std::vector<float>& centers, int dimensions) {
  const int64_t count = int64_t(centers.size()) / dimensions;
  CenterBlocks blocks(dimensions, count);
  for (int64_t c = 0; c < count; ++c) blocks.Set(c, centers.data() + c * dimensions);
  return blocks;
}

std::vector<Nearest> FindNearest(const std::vector<float>& points, int dimensions, const std::vector<float>& centers,
                                 Executor& executor) {
  const CenterBlocks blocks = BlocksOf(centers, dimensions);
  const int64_t count = int64_t(points.size()) / dimensions;
  std::vector<Nearest> nearest(static_cast<size_t>(count));
  ParallelFor(executor, count, kChunkPoints, [&](int64_t begin, int64_t end) {
    FindNearest(points.data() + begin * dimensions, end - begin, blocks.values(), dimensions,
                int64_t(centers.size()) / dimensions, nearest.data() + begin);
  });
  return nearest;
}

// Moves each centre to the mean of its points; one without points stays. The sums are in double and in the order of the
// points, whoever computes them.
void MoveCenters(const std::vector<float>& points, int dimensions, const std::vector<Nearest>& nearest,
                 std::vector<float>& centers) {
  const size_t count = centers.size() / size_t(dimensions);
  std::vector<double> sums(centers.size(), 0.0);
  std::vector<int64_t> members(count, 0);
  for (size_t i = 0; i < nearest.size(); ++i) {
    const auto center = size_t(nearest[i].center);
    ++members[center];
    for (int d = 0; d < dimensions; ++d) {
      sums[center * size_t(dimensions) + size_t(d)] += points[i * size_t(dimensions) + size_t(d)];
    }
  }
  for (size_t c = 0; c < count; ++c) {
    for (size_t d = 0; d < size_t(dimensions) && members[c] > 0; ++d) {
      centers[c * size_t(dimensions) + d] = MeanOf(sums[c * size_t(dimensions) + d], members[c]);
    }
  }
}

// k-means of all the points at once. Returns centres [found, dimensions].
std::vector<float> FitCenters(const std::vector<float>& points, int dimensions, int64_t clusters, Random random,
                              Executor& executor) {
  std::vector<float> centers = SeedCenters(points, dimensions, clusters, random);
  std::vector<Nearest> nearest;
  for (int step = 0; step < kLloydSteps; ++step) {
    std::vector<Nearest> now = FindNearest(points, dimensions, centers, executor);
    const bool same = std::equal(now.begin(), now.end(), nearest.begin(), nearest.end(),
                                 [](const Nearest& a, const Nearest& b) { return a.center == b.center; });
    if (same) break;
    nearest = std::move(now);
    MoveCenters(points, dimensions, nearest, centers);
  }
  return centers;
}

// Shares `clusters` out among parts, of which there are fewer: one each, the others by squared errors, and none more
// than it has points. What a part cannot take goes to the others.
void ShareOut(int64_t clusters, const std::vector<double>& errors, std::vector<Part>& parts) {
  std::vector<size_t> open(parts.size());
  std::iota(open.begin(), open.end(), size_t(0));
  int64_t left = clusters;
  while (!open.empty()) {
    double total = 0, shared = 0;
    for (const size_t part : open) total += errors[part];
    std::vector<size_t> still_open;
    const double further = double(left) - double(open.size());
    for (const size_t part : open) {
      const double before = std::floor(shared);
      shared += total > 0 ? further * errors[part] / total : 0;
      const auto size = int64_t(parts[part].members.size());
      parts[part].clusters = 1 + int64_t(std::floor(shared) - before);
      if (parts[part].clusters < size) {
        still_open.push_back(part);
      } else {
        parts[part].clusters = size;
        left -= size;
      }
    }
    if (still_open.size() == open.size()) return;
    open = std::move(still_open);
  }
}

// Divides a part by coarse centres, and appends the pieces. False if all its points are the same.
bool Divide(const std::vector<float>& points, int dimensions, const Part& part, Random random, Executor& executor,
            std::vector<Part>& pieces) {
  const auto size = int64_t(part.members.size());
  // The number is the least that leaves pieces small enough even where they are not alike: borders between pieces cost
  // quality.
  const double wanted = std::ceil(std::sqrt(2.0 * double(size) * double(part.clusters) / double(kLargestPart)));
  const int64_t most = std::min(kMostCoarseCenters, part.clusters / 2);
  const auto coarse = int64_t(std::clamp(wanted, 2.0, double(most)));
  std::vector<uint32_t> sample;
  for (int64_t i = 0; i < std::min(size, kCoarseSample); ++i) {
    sample.push_back(part.members[size_t(i * size / std::min(size, kCoarseSample))]);
  }
  const std::vector<float> centers =
      FitCenters(Gathered(points, dimensions, sample), dimensions, coarse, random, executor);
  const std::vector<Nearest> nearest =
      FindNearest(Gathered(points, dimensions, part.members), dimensions, centers, executor);
  std::vector<Part> divided(centers.size() / size_t(dimensions));
  std::vector<double> errors(divided.size(), 0.0);
  for (size_t i = 0; i < nearest.size(); ++i) {
    const auto piece = size_t(nearest[i].center);
    divided[piece].members.push_back(part.members[i]);
    errors[piece] += nearest[i].squared_distance;
  }
  std::vector<Part> filled;
  std::vector<double> filled_errors;
  for (size_t piece = 0; piece < divided.size(); ++piece) {
    if (divided[piece].members.empty()) continue;
    filled.push_back(std::move(divided[piece]));
    filled_errors.push_back(errors[piece]);
  }
  if (filled.size() < 2) return false;
  ShareOut(part.clusters, filled_errors, filled);
  std::move(filled.begin(), filled.end(), std::back_inserter(pieces));
  return true;
}

// The points in parts that are small enough for plain k-means.
std::vector<Part> SmallParts(const std::vector<float>& points, int dimensions, Part whole, Random& random,
                             Executor& executor) {
  std::vector<Part> open, small;
  open.push_back(std::move(whole));
  while (!open.empty()) {
    Part part = std::move(open.back());
    open.pop_back();
    const bool is_small = int64_t(part.members.size()) * part.clusters <= kLargestPart || part.clusters < 4;
    if (is_small || !Divide(points, dimensions, part, Random(random.Bits()), executor, open)) {
      small.push_back(std::move(part));
    }
  }
  return small;
}

}  // namespace

std::vector<FittedPart> FitParts(const PartsParams& params, Executor& executor) {
  std::vector<FittedPart> fitted(params.parts.size());
  executor.Run(int64_t(fitted.size()), [&](int64_t p) {
    SerialExecutor serial;
    const Part& part = params.parts[size_t(p)];
    const std::vector<float> members = Gathered(params.points, params.dimensions, part.members);
    FittedPart& result = fitted[size_t(p)];
    result.centers = FitCenters(members, params.dimensions, part.clusters, Random(params.seed + uint64_t(p)), serial);
    for (const Nearest& nearest : FindNearest(members, params.dimensions, result.centers, serial)) {
      result.labels.push_back(uint32_t(nearest.center));
    }
  });
  return fitted;
}

Clusters ClusterPoints(const std::vector<float>& points, int dimensions, int64_t clusters, uint64_t seed,
                       Executor& executor, const PartsFitter& fit_parts) {
  SPLAT_CHECK(dimensions > 0 && clusters > 0 && points.size() % size_t(dimensions) == 0,
              "ClusterPoints: ", points.size(), " numbers in ", dimensions, " dimensions and ", clusters,
              " clusters do not fit together");
  const size_t count = points.size() / size_t(dimensions);
  Clusters result;
  if (count == 0) return result;
  Random random(seed);
  Part whole;
  whole.members.resize(count);
  std::iota(whole.members.begin(), whole.members.end(), 0u);
  whole.clusters = std::min<int64_t>(clusters, int64_t(count));
  const std::vector<Part> parts = SmallParts(points, dimensions, std::move(whole), random, executor);
  const PartsParams params{points, dimensions, parts, random.Bits()};
  const std::vector<FittedPart> fitted = fit_parts ? fit_parts(params) : FitParts(params, executor);
  SPLAT_CHECK(fitted.size() == parts.size(), "ClusterPoints: ", fitted.size(), " results of ", parts.size(), " parts");
  result.labels.resize(count);
  for (size_t p = 0; p < parts.size(); ++p) {
    for (size_t i = 0; i < parts[p].members.size(); ++i) {
      result.labels[parts[p].members[i]] = uint32_t(result.count) + fitted[p].labels[i];
    }
    result.centers.insert(result.centers.end(), fitted[p].centers.begin(), fitted[p].centers.end());
    result.count += int64_t(fitted[p].centers.size()) / dimensions;
  }
  return result;
}

}  // namespace splat::formats
