#include "data/photos/photo_header.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace splat::data {
namespace {

// Big or little endian unsigned number of `count` bytes.
uint32_t Number(const uint8_t* bytes, int count, bool big_endian) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = (value << 8) | bytes[big_endian ? i : count - 1 - i];
  return value;
}

// The next N bytes, or nothing at the end of the file.
template <size_t N>
std::optional<std::array<uint8_t, N>> Take(std::istream& stream) {
  std::array<uint8_t, N> bytes;
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), N)) return std::nullopt;
  return bytes;
}

bool HasFourCc(const uint8_t* bytes, const char* name) {
  return std::memcmp(bytes, name, 4) == 0;
}

// Orientation in an APP1 segment that may or may not be EXIF.
int ExifOrientation(const std::vector<uint8_t>& segment) {
  int orientation = 1;
  if (segment.size() < 6 || std::memcmp(segment.data(), "Exif\0\0", 6) != 0) return orientation;
  ExifData* exif = exif_data_new_from_data(segment.data(), unsigned(segment.size()));
  if (exif == nullptr) return orientation;
  const ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry != nullptr && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) {
    const int value = exif_get_short(entry->data, exif_data_get_byte_order(exif));
    if (value >= 1 && value <= 8) orientation = value;
  }
  exif_data_unref(exif);
  return orientation;
}

bool IsFrameHeader(int marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
// Markers without a length: restarts, start of image, TEM.
bool StandsAlone(int marker) {
  return (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
}

// Segments up to the frame header, which holds the size.
std::optional<PhotoHeader> ReadJpegHeader(std::istream& stream) {
  PhotoHeader header;
  stream.seekg(2);
  while (stream) {
    if (stream.get() != 0xff) return std::nullopt;
    int marker = stream.get();
    while (marker == 0xff) marker = stream.get();
    if (StandsAlone(marker)) continue;
    const auto length_bytes = Take<2>(stream);
    if (!length_bytes || marker == 0xd9 || marker == 0xda) return std::nullopt;
    const uint32_t length = Number(length_bytes->data(), 2, true);
    if (length < 2) return std::nullopt;
    std::vector<uint8_t> segment(length - 2);
    const bool wanted = marker == 0xe1 || IsFrameHeader(marker);
    if (!wanted) {
      stream.seekg(std::streamoff(segment.size()), std::ios::cur);
      continue;
    }
    if (!stream.read(reinterpret_cast<char*>(segment.data()), std::streamsize(segment.size()))) return std::nullopt;
    if (marker == 0xe1) {
      const int orientation = ExifOrientation(segment);
      if (orientation != 1) header.exif_orientation = orientation;
    } else if (segment.size() >= 5) {
      header.height = int(Number(segment.data() + 1, 2, true));
      header.width = int(Number(segment.data() + 3, 2, true));
      return header;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// The size is in the first chunk; the file is complete if the chain of chunks reaches IEND.
std::optional<PhotoHeader> ReadPngHeader(std::istream& stream) {
  stream.seekg(8);
  const auto first = Take<16>(stream);
  if (!first || !HasFourCc(first->data() + 4, "IHDR")) return std::nullopt;
  PhotoHeader header;
  header.format = PhotoFormat::kPng;
  header.width = int(Number(first->data() + 8, 4, true) & 0x7fffffff);
  header.height = int(Number(first->data() + 12, 4, true) & 0x7fffffff);
  std::streamoff next = 8 + 12 + 13;
  while (true) {
    stream.seekg(next);
    const auto chunk = Take<8>(stream);
    header.complete = chunk.has_value();
    if (!chunk || HasFourCc(chunk->data() + 4, "IEND")) return header;
    next += 12 + std::streamoff(Number(chunk->data(), 4, true));
  }
}

std::optional<PhotoHeader> ReadWebpHeader(std::istream& stream) {
  stream.seekg(0, std::ios::end);
  const std::streamoff size = stream.tellg();
  stream.seekg(0);
  const auto head = Take<30>(stream);
  if (!head) return std::nullopt;
  const uint8_t* bytes = head->data();
  PhotoHeader header;
  header.format = PhotoFormat::kWebp;
  header.complete = size >= std::streamoff(Number(bytes + 4, 4, false)) + 8;
  if (HasFourCc(bytes + 12, "VP8X")) {
    header.width = int(Number(bytes + 24, 3, false)) + 1;
    header.height = int(Number(bytes + 27, 3, false)) + 1;
  } else if (HasFourCc(bytes + 12, "VP8L")) {
    const uint32_t packed = Number(bytes + 21, 4, false);
    header.width = int(packed & 0x3fff) + 1;
    header.height = int((packed >> 14) & 0x3fff) + 1;
  } else if (HasFourCc(bytes + 12, "VP8 ")) {
    header.width = int(Number(bytes + 26, 2, false) & 0x3fff);
    header.height = int(Number(bytes + 28, 2, false) & 0x3fff);
  } else {
    return std::nullopt;
  }
  return header;
}

// Width, height and orientation are entries of the first directory, each a 16- or 32-bit number.
std::optional<PhotoHeader> ReadTiffHeader(std::istream& stream, bool big_endian) {
  stream.seekg(4);
  const auto offset = Take<4>(stream);
  if (!offset) return std::nullopt;
  stream.seekg(std::streamoff(Number(offset->data(), 4, big_endian)));
  const auto count = Take<2>(stream);
  if (!count) return std::nullopt;
  PhotoHeader header;
  header.format = PhotoFormat::kTiff;
  for (uint32_t i = Number(count->data(), 2, big_endian); i > 0; --i) {
    const auto entry = Take<12>(stream);
    if (!entry) return std::nullopt;
    const uint8_t* bytes = entry->data();
    const bool is_short = Number(bytes + 2, 2, big_endian) == 3;
    const int value = int(Number(bytes + 8, is_short ? 2 : 4, big_endian) & 0x7fffffff);
    switch (Number(bytes, 2, big_endian)) {
      case 256:
        header.width = value;
        break;
      case 257:
        header.height = value;
        break;
      case 274:
        header.tiff_orientation = value;
        break;
      default:
        break;
    }
  }
  return header;
}

}  // namespace

std::optional<PhotoHeader> ReadPhotoHeader(std::istream& stream) {
  const auto signature = Take<12>(stream);
  if (!signature) return std::nullopt;
  const uint8_t* bytes = signature->data();
  std::optional<PhotoHeader> header;
  if (bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff) {
    header = ReadJpegHeader(stream);
  } else if (std::memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
    header = ReadPngHeader(stream);
  } else if (HasFourCc(bytes, "RIFF") && HasFourCc(bytes + 8, "WEBP")) {
    header = ReadWebpHeader(stream);
  } else if (std::memcmp(bytes, "II*\0", 4) == 0 || std::memcmp(bytes, "MM\0*", 4) == 0) {
    header = ReadTiffHeader(stream, bytes[0] == 'M');
  }
  if (header && (header->width <= 0 || header->height <= 0)) return std::nullopt;
  return header;
}

bool JpegEndsEarly(const uint8_t* bytes, size_t size) {
  const uint8_t* end = bytes + size;
  const uint8_t* at = bytes;
  while (true) {
    // In the entropy-coded data FF is followed by 00 or by a restart marker; anything else ends it.
    at = std::find(at, end, uint8_t(0xff));
    while (at != end && *at == 0xff) ++at;
    if (at == end) return true;
    const int marker = *at++;
    if (marker == 0xd9) return false;
    if (marker == 0 || StandsAlone(marker)) continue;
    if (end - at < 2) return true;
    const uint32_t length = Number(at, 2, true);
    if (size_t(end - at) <= length) return true;
    at += length;
  }
}

}  // namespace splat::data
