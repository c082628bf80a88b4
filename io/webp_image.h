// This header reads and writes lossless WebP of four channels, where every byte counts and none is seen as a colour.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace splat {

struct RgbaImage {
  RgbaImage() = default;
  RgbaImage(int columns, int rows) : width(columns), height(rows), bytes(size_t(columns) * size_t(rows) * 4) {}

  uint8_t* Pixel(int64_t index) { return bytes.data() + 4 * index; }  // row by row from the top left
  const uint8_t* Pixel(int64_t index) const { return bytes.data() + 4 * index; }

  int width = 0, height = 0;   // px
  std::vector<uint8_t> bytes;  // [height, width, 4]
};

constexpr int kMaxWebpSide_px = 16383;

// Encodes without loss and keeps the colours of transparent pixels too. Throws splat::Error.
std::string EncodeWebp(const RgbaImage& image);

// Returns how many bytes the pixels of a WebP file will take, without decoding any. `where` is for messages. Throws
// splat::Error.
uint64_t WebpPixelBytes(std::string_view file, const std::string& where);
RgbaImage DecodeWebp(std::string_view file, const std::string& where);

}  // namespace splat
