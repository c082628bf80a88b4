// SIFT descriptors are matched on the CPU by brute force: exact nearest neighbours by integer dot products, several
// times faster than COLMAP's own CPU matcher.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace splat::data {

constexpr int kDescriptorSize = 128;

// SIFT descriptors as COLMAP stores them: 8 bits per element, Euclidean norm about 512.
struct Descriptors {
  size_t count = 0;
  std::vector<uint8_t> values;  // [count, 128] row-major
};

// A feature of the first photo and its partner in the second.
struct FeatureMatch {
  uint32_t first = 0;
  uint32_t second = 0;
};

struct DescriptorMatchOptions {
  double max_ratio = 0.8;         // angle to the nearest over angle to the second nearest, both ways (Lowe's test)
  double max_distance_rad = 0.7;  // angle to the nearest
};

// Finds the pairs of descriptors that are each other's nearest and pass the ratio test in both directions, sorted by
// `first`. The result does not depend on the instruction set. Throws splat::Error if `values` does not have count x 128
// elements.
std::vector<FeatureMatch> MatchDescriptors(const Descriptors& first, const Descriptors& second,
                                           const DescriptorMatchOptions& options);

}  // namespace splat::data
