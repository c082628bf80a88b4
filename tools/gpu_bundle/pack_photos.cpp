// Packs a set with transforms_train.json and transforms_test.json for tools/gpu_bundle/pack.sh: photos as training sees
// them on a white background, as lossless WebP, and the two files. What was written is decoded again and compared.
// usage: pack_photos FROM TO
#include <webp/decode.h>
#include <webp/encode.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>

#include "core/check.h"
#include "core/parallel.h"
#include "data/photos/composite.h"
#include "data/photos/image_io.h"
#include "data/poses/transforms_reader.h"
#include "io/atomic_file.h"
#include "io/read_file.h"

namespace splat {
namespace {

namespace fs = std::filesystem;

constexpr int kEffort = 6;  // of 0..9: the highest two take ten times as long for three percent
constexpr float kWhite[3] = {1, 1, 1};

struct WebpWriter : WebPMemoryWriter {
  WebpWriter() { WebPMemoryWriterInit(this); }
  ~WebpWriter() { WebPMemoryWriterClear(this); }
  WebpWriter(const WebpWriter&) = delete;
  WebpWriter& operator=(const WebpWriter&) = delete;
};

std::string EncodeWebp(const Image8& image) {
  WebPConfig config;
  WebPPicture picture;
  SPLAT_CHECK(WebPConfigInit(&config) && WebPConfigLosslessPreset(&config, kEffort) && WebPPictureInit(&picture),
              "libwebp is of another version than its headers");
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> release(&picture, WebPPictureFree);
  WebpWriter writer;
  picture.use_argb = 1;
  picture.width = image.width;
  picture.height = image.height;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = static_cast<WebPMemoryWriter*>(&writer);
  SPLAT_CHECK(WebPPictureImportRGB(&picture, image.pixels.data(), image.width * 3) && WebPEncode(&config, &picture),
              "WebP cannot be written (error ", int(picture.error_code), ")");
  return {reinterpret_cast<const char*>(writer.mem), writer.size};
}

void CheckSame(const std::string& bytes, const Image8& image, const std::string& path) {
  Image8 decoded(image.width, image.height, 3);
  const uint8_t* end = WebPDecodeRGBInto(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(),
                                         decoded.pixels.data(), decoded.pixels.size(), decoded.width * 3);
  SPLAT_CHECK(end && decoded.pixels == image.pixels, path, ": is not what was written");
}

void WriteBytes(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  WriteFileAtomically(path.string(), bytes);
}

void Pack(const fs::path& from, const fs::path& to) {
  const data::SceneDescription scene = data::ReadTransforms((from / "transforms_train.json").string());
  for (const char* name : {"transforms_train.json", "transforms_test.json"}) {
    WriteBytes(to / name, ReadFile((from / name).string()));
  }
  ThreadPool pool(2);
  pool.Run(int64_t(scene.photos.size()), [&](int64_t i) {
    const data::PosedPhoto& photo = scene.photos[size_t(i)];
    const Image8 image = data::CompositeOnBackground(data::ReadPhoto(photo.path).image, kWhite);
    const std::string bytes = EncodeWebp(image);
    CheckSame(bytes, image, photo.name);
    WriteBytes(to / fs::path(photo.name).replace_extension(".webp"), bytes);
  });
  std::printf("%zu photos\n", scene.photos.size());
}

}  // namespace
}  // namespace splat

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: pack_photos FROM TO\n", stderr);
    return 2;
  }
  try {
    splat::Pack(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pack_photos: error: %s\n", error.what());
    return 1;
  }
  return 0;
}
