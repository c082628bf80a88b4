// Tests build the bytes of binary files with this writer.
#pragma once

#include <cstdint>
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

// A .npy file of version 1 with the values' bytes.
inline std::string NpyBytes(const std::string& type, bool fortran_order, const std::string& shape,
                            const std::string& values) {
  const std::string header = "{'descr': '" + type + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
                             ", 'shape': " + shape + ", }\n";
  return "\x93NUMPY" + Bytes<uint8_t>(1) + Bytes<uint8_t>(0) + Bytes(uint16_t(header.size())) + header + values;
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace splat::testing
