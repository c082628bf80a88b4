#include "data/photos/photo_files.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/check.h"
#include "core/machine_limits.h"
#include "data/photos/folder_files.h"
#include "data/photos/photo_header.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxPixels = int64_t(1) << 29;

// Refuses what no machine should decode: an image whose pixels take more than a fourth of the memory, and a small file
// that says it is a huge image, which is no photo but an attack or an accident.
void CheckSize(const std::string& path, const PhotoHeader& header, int64_t file_bytes) {
  constexpr int64_t kDecodingBytes = 8;  // a pixel as decoded, and composited or turned
  constexpr int64_t kHuge = int64_t(1) << 27, kLeastPixelsPerByte = 60;
  const int64_t pixels = int64_t(header.width) * header.height, needed = pixels * kDecodingBytes;
  static const int64_t memory = UsableMemory().total;
  const std::string size = StrCat(header.width, "x", header.height, " px in ", file_bytes, " bytes");
  SPLAT_CHECK(pixels <= kHuge || pixels / std::max<int64_t>(1, file_bytes) < kLeastPixelsPerByte, path,
              ": says that it is ", size, ", which no image of that size is; remove it, or scale it down");
  SPLAT_CHECK(pixels <= kMaxPixels && needed <= memory / 4, path, ": is too large (", size, "): decoding takes ",
              needed / 1000000, " MB of the machine's ", memory / 1000000, "; scale it down");
}

}  // namespace

PhotoHeader OpenPhoto(const std::string& path, std::ifstream& stream) {
  std::error_code error;
  SPLAT_CHECK(fs::exists(path, error), path, ": does not exist");
  SPLAT_CHECK(fs::is_regular_file(path, error), path, ": is not a file");
  SPLAT_CHECK(fs::file_size(path, error) > 0, path, ": is empty (0 bytes); copy it again or remove it");
  stream.open(path, std::ios::binary);
  SPLAT_CHECK(stream.good(), path, ": cannot be opened (permissions?)");
  const std::optional<PhotoHeader> header = ReadPhotoHeader(stream);
  SPLAT_CHECK(header, path, ": is not an image that can be read (JPEG, PNG, TIFF and WebP can)");
  SPLAT_CHECK(header->complete, path,
              ": is not an image that can be read: the file ends early; copy it again or remove it");
  SPLAT_CHECK(header->refusal.empty(), path, ": ", header->refusal);
  CheckSize(path, *header, int64_t(fs::file_size(path, error)));
  stream.clear();
  stream.seekg(0);
  return *header;
}

std::string PhotoExtensionsText() {
  std::string text;
  for (const std::string_view extension : kPhotoExtensions) {
    text += (text.empty() ? "" : ", ") + std::string(extension.substr(1));
  }
  return text;
}

bool HasPhotoExtension(const std::string& name) {
  const std::string extension = LowerExtension(name);
  return std::find(kPhotoExtensions.begin(), kPhotoExtensions.end(), extension) != kPhotoExtensions.end();
}

bool HasAspect(double width, double height, double of_width, double of_height, double tolerance) {
  return std::abs(width * of_height / (height * of_width) - 1) <= tolerance;
}

std::vector<std::string> ListPhotos(const std::string& folder) {
  std::vector<std::string> names = FilesBelow(folder);
  names.erase(std::remove_if(names.begin(), names.end(), [](const auto& name) { return !HasPhotoExtension(name); }),
              names.end());
  return names;
}

PhotoInfo ReadPhotoInfo(const std::string& path) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  return {header.width, header.height, header.exif.orientation, header.bits, header.exif.camera, header.exif.exposure};
}

PhotoInfo PhotoInfoOrNone(const std::string& path) {
  try {
    return ReadPhotoInfo(path);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace splat::data
