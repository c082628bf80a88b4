#include "data/image_io.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/atomic_file.h"
#include "core/check.h"
#include "data/photo_header.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxPixels = int64_t(1) << 29;
constexpr uint8_t kMissingGrey = 128;

// Work is spread over photos, so OpenCV itself stays on the calling thread; and its messages would only repeat ours.
void QuietOpenCv() {
  static const bool done = [] {
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
  }();
  static_cast<void>(done);
}

cv::Mat View(const Image8& image) {
  return cv::Mat(image.height, image.width, CV_8UC(image.channels), const_cast<uint8_t*>(image.pixels.data()));
}

// Opens a photo and reads its header; the stream is left at its beginning.
PhotoHeader OpenPhoto(const std::string& path, std::ifstream& stream) {
  std::error_code error;
  SPLAT_CHECK(fs::exists(path, error), path, ": does not exist");
  SPLAT_CHECK(fs::is_regular_file(path, error), path, ": is not a file");
  SPLAT_CHECK(fs::file_size(path, error) > 0, path, ": is empty (0 bytes); copy the photo again or remove it");
  stream.open(path, std::ios::binary);
  SPLAT_CHECK(stream.good(), path, ": cannot be opened (permissions?)");
  const std::optional<PhotoHeader> header = ReadPhotoHeader(stream);
  SPLAT_CHECK(header, path, ": is not a photo that can be read (JPEG, PNG, TIFF and WebP can)");
  SPLAT_CHECK(header->complete, path,
              ": is not a photo that can be read: the file ends early; copy it again or remove it");
  SPLAT_CHECK(int64_t(header->width) * header->height <= kMaxPixels, path, ": is too large (", header->width, "x",
              header->height, " px)");
  stream.clear();
  stream.seekg(0);
  return *header;
}

cv::Mat Decode(const std::string& path, const std::vector<uint8_t>& bytes) {
  QuietOpenCv();
  cv::Mat pixels;
  std::string reason;
  try {
    pixels = cv::imdecode(bytes, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    reason = ": " + error.err;
  }
  SPLAT_CHECK(!pixels.empty(), path, ": is not a photo that can be read (broken pixel data", reason, ")");
  SPLAT_CHECK(pixels.depth() == CV_8U || pixels.depth() == CV_16U, path,
              ": only 8 and 16 bits per channel can be read; convert it to 16-bit PNG or TIFF");
  SPLAT_CHECK(pixels.channels() == 1 || pixels.channels() == 3 || pixels.channels() == 4, path, ": has ",
              pixels.channels(), " channels; 1, 3 and 4 can be read");
  return pixels;
}

uint8_t To8Bit(uint8_t value) {
  return value;
}
uint8_t To8Bit(uint16_t value) {
  return uint8_t((value + 128) / 257);
}  // 65535 = 257 * 255

// OpenCV's B, G, R(, A) or grey to R, G, B(, A).
template <typename T>
Image8 ToRgb(const cv::Mat& pixels) {
  const int source_channels = pixels.channels();
  Image8 image(pixels.cols, pixels.rows, source_channels == 4 ? 4 : 3);
  const int red = source_channels == 1 ? 0 : 2, green = source_channels == 1 ? 0 : 1;
  for (int y = 0; y < image.height; ++y) {
    const T* from = pixels.ptr<T>(y);
    uint8_t* to = image.At(0, y);
    for (int x = 0; x < image.width; ++x, from += source_channels, to += image.channels) {
      to[0] = To8Bit(from[red]);
      to[1] = To8Bit(from[green]);
      to[2] = To8Bit(from[0]);
      if (source_channels == 4) to[3] = To8Bit(from[3]);
    }
  }
  return image;
}

// Where a JPEG ends early the decoder repeats its last row down to the bottom: those rows become grey.
void GreyMissingRows(Image8& image) {
  const size_t stride = size_t(image.width) * image.channels;
  const uint8_t* last = image.At(0, image.height - 1);
  int first_missing = image.height - 1;
  while (first_missing > 0 && std::memcmp(image.At(0, first_missing - 1), last, stride) == 0) --first_missing;
  std::fill(image.pixels.begin() + std::ptrdiff_t(stride * size_t(first_missing)), image.pixels.end(), kMissingGrey);
}

bool HasPhotoExtension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return char(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  for (const char* known : {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}) {
    if (extension == known) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> ListPhotos(const std::string& folder) {
  SPLAT_CHECK(fs::is_directory(folder), folder, ": is not a folder that exists");
  std::vector<std::string> names;
  try {
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied);
    for (; entry != fs::recursive_directory_iterator(); ++entry) {
      const bool hidden = entry->path().filename().string().front() == '.';
      if (hidden && entry->is_directory()) entry.disable_recursion_pending();
      if (hidden || !HasPhotoExtension(entry->path()) || !entry->is_regular_file()) continue;
      names.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(StrCat(folder, ": cannot be listed: ", error.code().message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

PhotoInfo ReadPhotoInfo(const std::string& path) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  if (header.tiff_orientation != 1) {
    const Image8 image = ReadPhoto(path).image;
    return {image.width, image.height, 1};
  }
  return {header.width, header.height, header.exif_orientation};
}

DecodedPhoto ReadPhoto(const std::string& path) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  std::vector<uint8_t> bytes(fs::file_size(path));
  SPLAT_CHECK(stream.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size())), path,
              ": cannot be read to its end");
  DecodedPhoto photo;
  photo.truncated = header.format == PhotoFormat::kJpeg && JpegEndsEarly(bytes.data(), bytes.size());
  const cv::Mat pixels = Decode(path, bytes);
  photo.image = pixels.depth() == CV_8U ? ToRgb<uint8_t>(pixels) : ToRgb<uint16_t>(pixels);
  if (photo.truncated) GreyMissingRows(photo.image);
  return photo;
}

Image8 ApplyOrientation(const Image8& image, int exif_orientation) {
  SPLAT_CHECK(exif_orientation >= 1 && exif_orientation <= 8, "EXIF orientation ", exif_orientation, " is not in 1..8");
  if (exif_orientation == 1) return image;
  const bool swapped = exif_orientation >= 5;  // rows become columns
  Image8 turned(swapped ? image.height : image.width, swapped ? image.width : image.height, image.channels);
  const bool from_right =
      exif_orientation == 2 || exif_orientation == 3 || exif_orientation == 7 || exif_orientation == 8;
  const bool from_bottom =
      exif_orientation == 3 || exif_orientation == 4 || exif_orientation == 6 || exif_orientation == 7;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      const int column = swapped ? y : x, row = swapped ? x : y;
      const uint8_t* from =
          image.At(from_right ? image.width - 1 - column : column, from_bottom ? image.height - 1 - row : row);
      std::copy_n(from, image.channels, turned.At(x, y));
    }
  }
  return turned;
}

Image8 CompositeOnBackground(const Image8& image, const float background[3]) {
  if (image.channels != 4) return image;
  Image8 opaque(image.width, image.height, 3);
  const uint8_t* from = image.pixels.data();
  for (uint8_t* to = opaque.pixels.data(); to != opaque.pixels.data() + opaque.pixels.size(); to += 3, from += 4) {
    const float alpha = float(from[3]) / 255.0f;
    for (int c = 0; c < 3; ++c) {
      to[c] = uint8_t(alpha * float(from[c]) + (1.0f - alpha) * 255.0f * background[c] + 0.5f);
    }
  }
  return opaque;
}

Image8 ResizeImage(const Image8& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  SPLAT_CHECK(width > 0 && height > 0 && !image.pixels.empty(), "a picture of ", image.width, "x", image.height,
              " px cannot be resized to ", width, "x", height);
  QuietOpenCv();
  Image8 resized(width, height, image.channels);
  cv::Mat target = View(resized);
  const bool smaller = width <= image.width && height <= image.height;
  cv::resize(View(image), target, target.size(), 0, 0, smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
  return resized;
}

void WriteImage(const std::string& path, const Image8& image) {
  SPLAT_CHECK(image.channels == 1 || image.channels == 3 || image.channels == 4, path, ": cannot write ",
              image.channels, " channels");
  std::string extension = fs::path(path).extension().string();
  const bool jpeg = extension == ".jpg" || extension == ".jpeg" || extension == ".JPG" || extension == ".JPEG";
  SPLAT_CHECK(jpeg || extension == ".png" || extension == ".PNG", path, ": pictures are written as .png or .jpg");
  SPLAT_CHECK(!(jpeg && image.channels == 4), path, ": JPEG has no transparency; write .png");
  SPLAT_CHECK(!image.pixels.empty(), path, ": the picture has no pixels");
  QuietOpenCv();
  cv::Mat pixels;
  if (image.channels == 1) pixels = View(image);
  if (image.channels == 3) cv::cvtColor(View(image), pixels, cv::COLOR_RGB2BGR);
  if (image.channels == 4) cv::cvtColor(View(image), pixels, cv::COLOR_RGBA2BGRA);
  std::vector<uint8_t> bytes;
  std::vector<int> settings;
  if (jpeg) settings = {cv::IMWRITE_JPEG_QUALITY, 95};
  SPLAT_CHECK(cv::imencode(jpeg ? ".jpg" : ".png", pixels, bytes, settings), path, ": cannot be encoded");
  WriteFileAtomically(path, [&](std::ostream& stream) {
    stream.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
  });
}

}  // namespace splat::data
