// This header builds EXIF, and a TIFF with EXIF, byte by byte, so that a test can write what no program writes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/byte_writer.h"

namespace splat::testing {

// An entry of one value.
struct ExifEntry {
  uint16_t tag, format;
  std::string value;  // little endian
};

inline ExifEntry ShortEntry(uint16_t tag, uint16_t value) {
  return {tag, 3, Bytes(value) + std::string(2, '\0')};
}
inline ExifEntry LongEntry(uint16_t tag, uint32_t value) {
  return {tag, 4, Bytes(value)};
}
inline ExifEntry FractionEntry(uint16_t tag, uint32_t numerator, uint32_t denominator) {
  return {tag, 5, Bytes(numerator) + Bytes(denominator)};
}

constexpr uint16_t kExifOrientation = 0x0112, kExifExposureTime = 0x829a, kExifFNumber = 0x829d, kExifIso = 0x8827,
                   kExifExposureIndex = 0x8832, kExifDirectory = 0x8769;

// A TIFF structure with the entries `main` in its first directory, and `exif` in EXIF's. Both in ascending order of
// their tags; those of `main` come before EXIF's.
inline std::string TiffStructure(std::vector<ExifEntry> main, const std::vector<ExifEntry>& exif) {
  const auto size = [](size_t entries) { return uint32_t(2 + 12 * entries + 4); };
  const uint32_t exif_begin = 8 + size(main.size() + 1);
  uint32_t values_begin = exif_begin + size(exif.size());
  main.push_back(LongEntry(kExifDirectory, exif_begin));
  std::string text = std::string("II*\0", 4) + Bytes<uint32_t>(8), values;
  for (const std::vector<ExifEntry>* directory : {&std::as_const(main), &exif}) {
    text += Bytes(uint16_t(directory->size()));
    for (const ExifEntry& entry : *directory) {
      text += Bytes(entry.tag) + Bytes(entry.format) + Bytes<uint32_t>(1);
      const bool inside = entry.value.size() <= 4;
      text += inside ? entry.value : Bytes(uint32_t(values_begin + values.size()));
      if (!inside) values += entry.value;
    }
    text += Bytes<uint32_t>(0);
  }
  return text + values;
}

// The APP1 segment of a JPEG, without its marker and length.
inline std::string ExifSegment(const std::vector<ExifEntry>& main, const std::vector<ExifEntry>& exif) {
  return std::string("Exif\0\0", 6) + TiffStructure(main, exif);
}

}  // namespace splat::testing
