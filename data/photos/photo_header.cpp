#include "data/photos/photo_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "data/photos/jpeg_markers.h"
#include "data/photos/photo_exif.h"
#include "data/photos/tiff_file.h"

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

// TIFF and BigTIFF in either order of bytes.
bool IsTiff(const uint8_t* bytes) {
  for (const char* signature : {"II*\0", "MM\0*", "II+\0", "MM\0+"}) {
    if (std::memcmp(bytes, signature, 4) == 0) return true;
  }
  return false;
}

// The EXIF in a chunk of PNG or WebP, at which the stream stands.
PhotoExif ChunkExif(std::istream& stream, uint32_t size) {
  constexpr uint32_t kMaxExif = 1 << 20;
  static const uint8_t kPrefix[] = {'E', 'x', 'i', 'f', 0, 0};
  if (size > kMaxExif) return {};
  std::vector<uint8_t> bytes(size);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(size))) return {};
  if (size < 6 || std::memcmp(bytes.data(), kPrefix, 6) != 0) bytes.insert(bytes.begin(), kPrefix, kPrefix + 6);
  return ParseExif(bytes).value_or(PhotoExif());
}

// Why a JPEG with this frame header cannot be decoded, or empty. Without Adobe's marker nobody knows whether CMYK is
// stored inverted.
std::string JpegRefusal(int marker, const std::vector<uint8_t>& frame, bool adobe) {
  if (frame[0] != 8) return "is a JPEG of " + std::to_string(frame[0]) + " bits a sample; convert it to 16-bit PNG";
  if (marker != kJpegBaselineFrame && marker != kJpegExtendedFrame && marker != kJpegProgressiveFrame)
    return "is a lossless or arithmetic JPEG; convert it to PNG";
  if (frame[5] == 4 && !adobe) return "is a CMYK JPEG without Adobe's marker; convert it to RGB";
  return "";
}

// Segments up to the frame header, which holds the size.
std::optional<PhotoHeader> ReadJpegHeader(std::istream& stream) {
  PhotoHeader header;
  std::optional<PhotoExif> exif;
  bool adobe = false;
  stream.seekg(2);
  while (stream) {
    if (stream.get() != 0xff) return std::nullopt;
    int marker = stream.get();
    while (marker == 0xff) marker = stream.get();
    if (JpegMarkerStandsAlone(marker)) continue;
    const auto length_bytes = Take<2>(stream);
    if (!length_bytes || marker == kJpegEndOfImage || marker == kJpegStartOfScan) return std::nullopt;
    const uint32_t length = Number(length_bytes->data(), 2, true);
    if (length < 2) return std::nullopt;
    std::vector<uint8_t> segment(length - 2);
    const bool wanted = marker == kJpegExif || marker == kJpegAdobe || JpegMarkerIsFrame(marker);
    if (!wanted) {
      stream.seekg(std::streamoff(segment.size()), std::ios::cur);
      continue;
    }
    if (!stream.read(reinterpret_cast<char*>(segment.data()), std::streamsize(segment.size()))) return std::nullopt;
    if (marker == kJpegExif) {
      if (!exif) exif = ParseExif(segment);  // the first one: XMP and what is left of editing may follow
    } else if (marker == kJpegAdobe) {
      adobe = adobe || (segment.size() >= 12 && std::memcmp(segment.data(), "Adobe", 5) == 0);
    } else if (segment.size() >= 6) {
      header.refusal = JpegRefusal(marker, segment, adobe);
      header.height = int(Number(segment.data() + 1, 2, true));
      header.width = int(Number(segment.data() + 3, 2, true));
      header.exif = exif.value_or(PhotoExif());
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
  const auto first = Take<17>(stream);
  if (!first || !HasFourCc(first->data() + 4, "IHDR")) return std::nullopt;
  PhotoHeader header;
  header.format = PhotoFormat::kPng;
  header.width = int(Number(first->data() + 8, 4, true) & 0x7fffffff);
  header.height = int(Number(first->data() + 12, 4, true) & 0x7fffffff);
  header.bits = std::max(8, int(first->data()[16]));
  std::streamoff next = 8 + 12 + 13;
  while (true) {
    stream.seekg(next);
    const auto chunk = Take<8>(stream);
    header.complete = chunk.has_value();
    if (!chunk || HasFourCc(chunk->data() + 4, "IEND")) return header;
    const uint32_t size = Number(chunk->data(), 4, true);
    if (HasFourCc(chunk->data() + 4, "eXIf")) header.exif = ChunkExif(stream, size);
    stream.clear();
    next += 12 + std::streamoff(size);
  }
}

// EXIF is one of the chunks behind the first, which all have an even size.
void ReadWebpChunks(std::istream& stream, PhotoHeader& header) {
  for (std::streamoff next = 12;; stream.clear()) {
    stream.seekg(next);
    const auto chunk = Take<8>(stream);
    if (!chunk) return;
    const uint32_t size = Number(chunk->data() + 4, 4, false);
    if (HasFourCc(chunk->data(), "EXIF")) header.exif = ChunkExif(stream, size);
    if (HasFourCc(chunk->data(), "ANIM")) header.refusal = "is an animation; convert the image that is meant to PNG";
    next += 8 + std::streamoff(size) + std::streamoff(size % 2);
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
    ReadWebpChunks(stream, header);
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
  } else if (IsTiff(bytes)) {
    header = ReadTiffHeader(stream);
  }
  if (header && (header->width <= 0 || header->height <= 0)) return std::nullopt;
  return header;
}

}  // namespace splat::data
