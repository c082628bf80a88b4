// The functions of data/photos/image_io.h, image_resize.h and undistort.h that need OpenCV, without it: in the build of
// scripts/gpu_check.sh this file stands in for their sources (WithoutOpenCV.cmake), because the machine with the GPU
// has no OpenCV and the bundle has no room for it. Reads WebP and 8-bit PNG, writes PNG, scales down by whole factors,
// each to the very bits that OpenCV gives. Whatever else is asked for throws splat::Error.
#include <png.h>
#include <webp/decode.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "data/photos/photo_files.h"
#include "data/photos/photo_header.h"
#include "data/photos/tiff_file.h"
#include "data/photos/undistort.h"
#include "io/atomic_file.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

constexpr const char* kBuildName = "this build, of scripts/gpu_check.sh, ";

Image8 DecodeWebp(const std::string& path, const std::string& bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  WebPBitstreamFeatures features;
  SPLAT_CHECK(WebPGetFeatures(data, bytes.size(), &features) == VP8_STATUS_OK, path, ": is no WebP that can be read");
  Image8 image(features.width, features.height, features.has_alpha ? 4 : 3);
  const auto decode = features.has_alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  SPLAT_CHECK(decode(data, bytes.size(), image.pixels.data(), image.pixels.size(), image.width * image.channels), path,
              ": is not an image that can be read (broken pixel data)");
  return image;
}

// libpng's simplified interface, whose state is released however a function is left.
struct PngImage {
  png_image state = {};
  PngImage() { state.version = PNG_IMAGE_VERSION; }
  ~PngImage() { png_image_free(&state); }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
};

Image8 DecodePng(const std::string& path, const std::string& bytes) {
  PngImage png;
  SPLAT_CHECK(png_image_begin_read_from_memory(&png.state, bytes.data(), bytes.size()), path,
              ": is no PNG that can be read: ", png.state.message);
  SPLAT_CHECK((png.state.format & PNG_FORMAT_FLAG_LINEAR) == 0, path, ": ", kBuildName, "reads PNGs of 8 bits only");
  const bool transparent = (png.state.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  png.state.format = transparent ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  Image8 image(int(png.state.width), int(png.state.height), transparent ? 4 : 3);
  SPLAT_CHECK(png_image_finish_read(&png.state, nullptr, image.pixels.data(), 0, nullptr), path,
              ": is not an image that can be read (broken pixel data: ", png.state.message, ")");
  return image;
}

// Means of factor x factor pixels, rounded as OpenCV does: halves up for a factor of 2, else to even.
Image8 ReduceImage(const Image8& image, int factor) {
  Image8 reduced(image.width / factor, image.height / factor, image.channels);
  const float share = 1.0f / float(factor * factor);
  for (int y = 0; y < reduced.height; ++y) {
    for (int x = 0; x < reduced.width; ++x) {
      for (int c = 0; c < image.channels; ++c) {
        int sum = 0;
        for (int row = 0; row < factor; ++row) {
          for (int column = 0; column < factor; ++column) sum += image.At(x * factor + column, y * factor + row)[c];
        }
        reduced.At(x, y)[c] = factor == 2 ? uint8_t((sum + 2) >> 2) : uint8_t(std::lrint(float(sum) * share));
      }
    }
  }
  return reduced;
}

}  // namespace

std::optional<PhotoHeader> ReadTiffHeader(std::istream&) {
  return std::nullopt;
}

DecodedPhoto ReadPhoto(const std::string& path) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  const std::string bytes = ReadFile(path);
  SPLAT_CHECK(header.format == PhotoFormat::kWebp || header.format == PhotoFormat::kPng, path, ": ", kBuildName,
              "reads WebP and PNG only");
  return {header.format == PhotoFormat::kWebp ? DecodeWebp(path, bytes) : DecodePng(path, bytes)};
}

// By a whole factor, so that the longer side is usually somewhat shorter than `longer_side`.
DecodedPhoto ReadReducedPhoto(const std::string& path, int longer_side) {
  DecodedPhoto photo = ReadPhoto(path);
  const int side = std::max(photo.image.width, photo.image.height);
  const int factor = std::min({(side + longer_side - 1) / longer_side, photo.image.width, photo.image.height});
  if (factor > 1) photo.image = ReduceImage(photo.image, factor);
  return photo;
}

Image8 ResizeImage(const Image8& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  const int factor = width > 0 ? image.width / width : 0;
  SPLAT_CHECK(factor > 1 && width * factor == image.width && height * factor == image.height, "from ", image.width, "x",
              image.height, " to ", width, "x", height, " px: ", kBuildName, "scales down by whole factors only");
  return ReduceImage(image, factor);
}

std::string EncodeImage(const std::string& path, const Image8& image) {
  SPLAT_CHECK(path.size() > 4 && path.substr(path.size() - 4) == ".png", path, ": ", kBuildName, "writes PNG only");
  SPLAT_CHECK((image.channels == 3 || image.channels == 4) && !image.pixels.empty(), path, ": cannot write ",
              image.channels, " channels");
  PngImage png;
  png.state.width = png_uint_32(image.width);
  png.state.height = png_uint_32(image.height);
  png.state.format = image.channels == 4 ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png.state);
  std::string bytes(size, '\0');
  SPLAT_CHECK(png_image_write_to_memory(&png.state, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr), path,
              ": cannot be encoded: ", png.state.message);
  bytes.resize(size);
  return bytes;
}

void WriteImage(const std::string& path, const Image8& image) {
  WriteFileAtomically(path, EncodeImage(path, image));
}

struct UndistortMaps::State {};
UndistortMaps::UndistortMaps(int64_t) {}
UndistortMaps::~UndistortMaps() = default;

Image8 UndistortImage(const Image8&, const Intrinsics& intrinsics, const Camera&, UndistortMaps*) {
  throw Error(StrCat(kBuildName, "undistorts no photos (", CameraModelName(intrinsics.model), ")"));
}

}  // namespace splat::data
