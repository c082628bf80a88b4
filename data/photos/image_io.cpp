#include "data/photos/image_io.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "data/photos/image_resize.h"
#include "data/photos/jpeg_ending.h"
#include "data/photos/jpeg_file.h"
#include "data/photos/jpeg_markers.h"
#include "data/photos/opencv_setup.h"
#include "data/photos/photo_files.h"
#include "data/photos/photo_header.h"
#include "data/photos/png_file.h"
#include "data/photos/tiff_file.h"
#include "io/atomic_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

cv::Mat View(const Image8& image) {
  return cv::Mat(image.height, image.width, CV_8UC(image.channels), const_cast<uint8_t*>(image.pixels.data()));
}

cv::Mat Decode(const std::string& path, const std::vector<uint8_t>& bytes) {
  SetUpOpenCv();
  cv::Mat pixels;
  std::string reason;
  try {
    pixels = cv::imdecode(bytes, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) throw std::bad_alloc();  // the photo is not to blame
    reason = ": " + error.err;
  }
  SPLAT_CHECK(!pixels.empty(), path, ": is not an image that can be read (broken pixel data", reason, ")");
  SPLAT_CHECK(pixels.depth() == CV_8U, path, ": has more than 8 bits a channel; convert it to 16-bit PNG or TIFF");
  SPLAT_CHECK(pixels.channels() == 1 || pixels.channels() == 3 || pixels.channels() == 4, path, ": has ",
              pixels.channels(), " channels; 1, 3 and 4 can be read");
  return pixels;
}

// OpenCV's B, G, R(, A) or grey to R, G, B(, A).
Image8 ToRgb(const cv::Mat& pixels) {
  const int source_channels = pixels.channels();
  Image8 image(pixels.cols, pixels.rows, source_channels == 4 ? 4 : 3);
  const int red = source_channels == 1 ? 0 : 2, green = source_channels == 1 ? 0 : 1;
  for (int y = 0; y < image.height; ++y) {
    const uint8_t* from = pixels.ptr<uint8_t>(y);
    uint8_t* to = image.At(0, y);
    for (int x = 0; x < image.width; ++x, from += source_channels, to += image.channels) {
      to[0] = from[red];
      to[1] = from[green];
      to[2] = from[0];
      if (source_channels == 4) to[3] = from[3];
    }
  }
  return image;
}

// How many rows are missing of a progressive file that ends within its coarse scan: below the blocks that it has, the
// decoder's image is grey. The last row of blocks need not be whole, and the decoder blends two more with the grey.
int MissingRowsOfCoarseScan(const Image8& image) {
  constexpr int kTallestBlocks = 16, kDoubtful = 3 * kTallestBlocks;
  const size_t stride = size_t(image.width) * image.channels;
  const uint8_t* last = image.At(0, image.height - 1);
  int begun = image.height;  // rows that are not as the last one
  while (begun > 0 && std::memcmp(image.At(0, begun - 1), last, stride) == 0) --begun;
  if (begun == image.height - 1) begun = image.height;
  return image.height - std::max(0, begun - kDoubtful) / kTallestBlocks * kTallestBlocks;
}

// Decodes what there is of a file that ends early, as `ending` says.
DecodedPhoto DecodeCutJpeg(const std::string& path, std::vector<uint8_t> bytes, const JpegEnding& ending) {
  SPLAT_CHECK(!ending.lacks_colors, path,
              ": is not an image that can be read: the file ends before its colours; copy it again or remove it");
  if (ending.progressive) {
    // The decoder gives the scans that there are only where it is told that there are no more.
    bytes.resize(ending.usable_bytes);
    bytes.insert(bytes.end(), {0xff, kJpegEndOfImage});
  }
  DecodedJpeg decoded = DecodeJpeg(path, bytes.data(), bytes.size());
  DecodedPhoto photo;
  photo.truncated = true;
  photo.missing_rows = decoded.image.height - decoded.rows;
  photo.image = std::move(decoded.image);
  if (ending.in_coarse_scan) photo.missing_rows = MissingRowsOfCoarseScan(photo.image);
  SPLAT_CHECK(photo.missing_rows < photo.image.height, path,
              ": is not an image that can be read: no row of it is whole; copy it again or remove it");
  return photo;
}

// Takes off the zeros that a download or copy which was broken off left behind what it had. They would be decoded as a
// flat area. No JPEG needs zeros at its end.
void DropZerosAtTheEnd(std::vector<uint8_t>& bytes) {
  while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
}

// A file whose data are damaged somewhere counts as one that ends there.
DecodedPhoto DecodeAnyJpeg(const std::string& path, std::vector<uint8_t> bytes) {
  DropZerosAtTheEnd(bytes);
  const JpegEnding ending = FindJpegEnding(bytes.data(), bytes.size());
  if (ending.early) return DecodeCutJpeg(path, std::move(bytes), ending);
  DecodedJpeg decoded = DecodeJpeg(path, bytes.data(), bytes.size());
  DecodedPhoto photo;
  photo.truncated = photo.damaged = decoded.damaged_from.has_value();
  photo.missing_rows = decoded.image.height - decoded.rows;
  if (!photo.damaged || photo.missing_rows > 0) {
    photo.image = std::move(decoded.image);
    return photo;
  }
  bytes.resize(*decoded.damaged_from);
  const JpegEnding damage = FindJpegEnding(bytes.data(), bytes.size());
  photo = DecodeCutJpeg(path, std::move(bytes), damage);
  photo.damaged = true;
  return photo;
}

// From where the stream stands, to the end of the file.
std::vector<uint8_t> ReadBytes(const std::string& path, std::ifstream& stream) {
  std::vector<uint8_t> bytes(fs::file_size(path));
  SPLAT_CHECK(stream.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size())), path,
              ": cannot be read to its end");
  return bytes;
}

}  // namespace

DecodedPhoto ReadPhoto(const std::string& path) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  if (header.format == PhotoFormat::kPng) return {DecodePng(path, stream)};
  if (header.format == PhotoFormat::kTiff) return {DecodeTiff(path, stream)};
  std::vector<uint8_t> bytes = ReadBytes(path, stream);
  if (header.format == PhotoFormat::kJpeg) return DecodeAnyJpeg(path, std::move(bytes));
  return {ToRgb(Decode(path, bytes))};
}

DecodedPhoto ReadReducedPhoto(const std::string& path, int longer_side) {
  std::ifstream stream;
  const PhotoHeader header = OpenPhoto(path, stream);
  const int side = std::max(header.width, header.height);
  DecodedPhoto photo;
  if (header.format == PhotoFormat::kJpeg) {
    int shrink = 8;
    while (shrink > 1 && side / shrink < longer_side) shrink /= 2;
    const std::vector<uint8_t> bytes = ReadBytes(path, stream);
    DecodedJpeg decoded = DecodeJpeg(path, bytes.data(), bytes.size(), shrink);
    photo.truncated = decoded.damaged_from.has_value() || decoded.rows < decoded.image.height;
    photo.image = std::move(decoded.image);
  } else {
    photo = ReadPhoto(path);
  }
  if (photo.truncated) photo.image = {};
  if (side <= longer_side || photo.truncated) return photo;
  const double scale = double(longer_side) / side;
  const auto scaled = [&](int length) { return std::max(1, int(std::lround(scale * length))); };
  photo.image = ResizeImage(photo.image, scaled(header.width), scaled(header.height));
  return photo;
}

std::string EncodeImage(const std::string& path, const Image8& image) {
  SPLAT_CHECK(image.channels == 1 || image.channels == 3 || image.channels == 4, path, ": cannot write ",
              image.channels, " channels");
  const bool jpeg = HasExtension(path, ".jpg") || HasExtension(path, ".jpeg");
  SPLAT_CHECK(jpeg || HasExtension(path, ".png"), path, ": images are written as .png or .jpg");
  SPLAT_CHECK(!(jpeg && image.channels == 4), path, ": JPEG has no transparency; write .png");
  SPLAT_CHECK(!image.pixels.empty(), path, ": the image has no pixels");
  SetUpOpenCv();
  cv::Mat pixels;
  if (image.channels == 1) pixels = View(image);
  if (image.channels == 3) cv::cvtColor(View(image), pixels, cv::COLOR_RGB2BGR);
  if (image.channels == 4) cv::cvtColor(View(image), pixels, cv::COLOR_RGBA2BGRA);
  std::vector<uint8_t> bytes;
  std::vector<int> settings;
  if (jpeg) settings = {cv::IMWRITE_JPEG_QUALITY, 95};
  SPLAT_CHECK(cv::imencode(jpeg ? ".jpg" : ".png", pixels, bytes, settings), path, ": cannot be encoded");
  return {bytes.begin(), bytes.end()};
}

void WriteImage(const std::string& path, const Image8& image) {
  WriteFileAtomically(path, EncodeImage(path, image));
}

}  // namespace splat::data
