// Builds the bytes of binary files for tests.
#pragma once

#include <cstring>
#include <fstream>
#include <string>

namespace splat::testing {

// Little-endian numbers one after the other: Bytes<int32_t>(1) + Bytes(2.5).
template <typename T>
std::string Bytes(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace splat::testing
