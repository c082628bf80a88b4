// This header has the names and numbers that a .glb file with splats is made of. It is private to gltf_format.cpp,
// which writes the file, and gltf_reader.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "core/check.h"
#include "rasterizer/math/antialiasing_modes.h"

namespace splat::formats::gltf {

constexpr uint32_t kMagic = 0x46546C67, kVersion = 2, kJsonChunk = 0x4E4F534A, kBinaryChunk = 0x004E4942;
constexpr uint64_t kHeaderBytes = 12, kChunkHeaderBytes = 8;
constexpr const char* kExtension = "KHR_gaussian_splatting";
// Our own keys in the extras of the scene; other readers pass over them.
constexpr const char *kBackgroundKey = "background", *kAntialiasedKey = "antialiased";

// Writes into the extras what they say about antialiasing.
template <typename Extras>
void PutAntialiasing(Antialiasing mode, Extras& extras) {
  if (mode == Antialiasing::kCompensated) extras[kAntialiasedKey] = true;
}
template <typename Extras>
Antialiasing AntialiasingOf(const Extras& extras) {
  const auto mark = extras.find(kAntialiasedKey);
  return CompensatedIf(mark != extras.end() && *mark == true);
}

enum ComponentType { kInt8 = 5120, kUint8 = 5121, kInt16 = 5122, kUint16 = 5123, kFloat = 5126 };

inline std::string AttributeName(const std::string& name) {
  return StrCat(kExtension, ":", name);
}
inline std::string ShName(int degree, int coefficient) {
  return AttributeName(StrCat("SH_DEGREE_", degree, "_COEF_", coefficient));
}

}  // namespace splat::formats::gltf
