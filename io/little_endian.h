// This header converts numbers to and from the bytes of binary files: little-endian, and big-endian where a format
// allows it.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

namespace splat {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers go to and from binary files as they lie in memory");

// The number whose bytes begin at `bytes`, which may be unaligned.
template <typename T>
T FromLittleEndian(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}
template <typename T>
T FromBigEndian(const char* bytes) {
  char reversed[sizeof(T)];
  std::reverse_copy(bytes, bytes + sizeof(T), reversed);
  return FromLittleEndian<T>(reversed);
}

// Appends numbers one after the other as little-endian bytes, each as wide as its type.
template <typename... Numbers>
void AppendBytes(std::string& bytes, Numbers... numbers) {
  (bytes.append(reinterpret_cast<const char*>(&numbers), sizeof(numbers)), ...);
}

}  // namespace splat
