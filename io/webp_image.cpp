#include "io/webp_image.h"

#include <webp/decode.h>
#include <webp/encode.h>

#include "core/check.h"

namespace splat {
namespace {

// libwebp's objects with their clean-up.
struct Picture {
  WebPPicture picture;
  Picture() { WebPPictureInit(&picture); }
  ~Picture() { WebPPictureFree(&picture); }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
};
struct Writer {
  WebPMemoryWriter writer;
  Writer() { WebPMemoryWriterInit(&writer); }
  ~Writer() { WebPMemoryWriterClear(&writer); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
};

WebPBitstreamFeatures FeaturesOf(std::string_view file, const std::string& where) {
  WebPBitstreamFeatures features;
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  SPLAT_CHECK(WebPGetFeatures(bytes, file.size(), &features) == VP8_STATUS_OK && features.has_animation == 0, where,
              ": is no WebP image; the file is damaged, export it again");
  return features;
}

}  // namespace

std::string EncodeWebp(const RgbaImage& image) {
  WebPConfig config;
  Picture picture;
  Writer writer;
  SPLAT_CHECK(WebPConfigInit(&config) != 0, "libwebp is of another version than its headers");
  config.lossless = 1;
  config.exact = 1;
  picture.picture.use_argb = 1;
  picture.picture.width = image.width;
  picture.picture.height = image.height;
  picture.picture.writer = WebPMemoryWrite;
  picture.picture.custom_ptr = &writer.writer;
  const bool encoded = WebPPictureImportRGBA(&picture.picture, image.bytes.data(), image.width * 4) != 0 &&
                       WebPEncode(&config, &picture.picture) != 0;
  SPLAT_CHECK(encoded, "a WebP image of ", image.width, " x ", image.height, " px cannot be encoded (error ",
              int(picture.picture.error_code), " of libwebp)");
  return {reinterpret_cast<const char*>(writer.writer.mem), writer.writer.size};
}

uint64_t WebpPixelBytes(std::string_view file, const std::string& where) {
  const WebPBitstreamFeatures features = FeaturesOf(file, where);
  return uint64_t(features.width) * uint64_t(features.height) * 4;
}

RgbaImage DecodeWebp(std::string_view file, const std::string& where) {
  const WebPBitstreamFeatures features = FeaturesOf(file, where);
  RgbaImage image(features.width, features.height);
  const auto* bytes = reinterpret_cast<const uint8_t*>(file.data());
  const uint8_t* decoded =
      WebPDecodeRGBAInto(bytes, file.size(), image.bytes.data(), image.bytes.size(), image.width * 4);
  SPLAT_CHECK(decoded != nullptr, where, ": its WebP data are damaged; copy the file again or export it again");
  return image;
}

}  // namespace splat
