// This header converts what the streams of SPZ hold to bytes and back; spz_format.cpp has the files around them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "rasterizer/math/sh.h"
#include "scene/splat_selection.h"

namespace splat::formats {

constexpr double kSpzLowestLogScale = -10, kSpzLogScaleSteps = 16;  // a byte holds 1/16 each
constexpr double kSpzHighestLogScale = kSpzLowestLogScale + 255 / kSpzLogScaleSteps;

struct SpzHeader {
  uint32_t version = 0, count = 0;
  int sh_degree = 0, fractional_bits = 0;
  uint8_t flags = 0;

  int sh_rest_count() const { return math::ShRestCount(sh_degree); }
};

// One of the streams of values, in the order of the file.
struct SpzStream {
  size_t splat_bytes;
  std::function<void(const SplatSelection& splats, int64_t splat, std::string& bytes)> append;
  std::function<void(const uint8_t* bytes, int64_t splat, SplatCloud& cloud)> take;
};

// Returns the streams of a file with this header. Those of version 1 can only be read.
std::vector<SpzStream> SpzStreamsOf(const SpzHeader& header);

}  // namespace splat::formats
