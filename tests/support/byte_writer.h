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

// The bytes that hexadecimal digits name: FromHex("00ff").
inline std::string FromHex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2) bytes.push_back(char(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace splat::testing
