// This header has what writing and reading SOG share: the keys, numbers and scales of the format. It is used by
// sog_format.cpp and sog_reader.cpp alone.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "io/json_parse.h"
#include "rasterizer/math/antialiasing_modes.h"

namespace splat::formats {

// Numbers as floats, which the file then holds in the fewest digits that give them back; keys in the order of writing.
using SogJson = nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, int64_t, uint64_t, float>;

constexpr int kSogVersion = 2;
constexpr int kSogQuatMark = 252;       // the alpha of quats.webp is this and the index of the component left out
constexpr int kSogPaletteColumns = 64;  // vectors in a row of shN_centroids.webp
constexpr int64_t kSogLargestPalette = 65536;
constexpr double kSogPositionLevels = 65535;  // a position is one of so many steps from the least to the largest

// Positions lie on a scale that is fine near the origin.
inline double ToSogScale(double value) {
  return std::copysign(std::log1p(std::abs(value)), value);
}
inline double FromSogScale(double value) {
  return std::copysign(std::expm1(std::abs(value)), value);
}

// Writes into meta.json what it says about antialiasing; there are two names for it, from two generations of readers.
template <typename Meta>
void PutAntialiasing(Antialiasing mode, Meta& meta) {
  if (mode != Antialiasing::kCompensated) return;
  meta["antialias"] = true;
  meta["model"] = "antialiased";
}
template <typename Meta>
Antialiasing AntialiasingOf(const Meta& meta) {
  return CompensatedIf(meta.value("antialias", false) || meta.value("model", std::string()) == "antialiased");
}

}  // namespace splat::formats
