#include "data/photos/mask_image.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/check.h"
#include "data/photos/exif_orientation.h"
#include "data/photos/image_io.h"

namespace splat::data {
namespace {

constexpr uint8_t kKept = 255, kHalf = 128;
constexpr double kMaskAspectTolerance = 0.02;  // small masks have rounded sizes

bool AlphaVaries(const Image8& image) {
  if (image.channels != 4) return false;
  for (size_t i = 3; i < image.pixels.size(); i += 4) {
    if (image.pixels[i] != image.pixels[3]) return true;
  }
  return false;
}

// The number of each pixel that says whether it is kept.
Image8 ValuesOf(const Image8& image, bool from_alpha) {
  Image8 values(image.width, image.height, 1);
  const uint8_t* from = image.pixels.data();
  for (uint8_t& value : values.pixels) {
    value = from_alpha ? from[3] : std::max({from[0], from[1], from[2]});
    from += image.channels;
  }
  return values;
}

// Whether most of it is neither dark nor bright and of many levels, as photos and depth images are. Masks with soft
// edges, and numbers of classes, are not.
bool ShowsAnImage(const Image8& values) {
  constexpr int kDark = 32, kBright = 224;
  constexpr std::ptrdiff_t kManyLevels = 64;
  std::array<size_t, 256> counts = {};
  for (const uint8_t value : values.pixels) ++counts[value];
  const auto begin = counts.begin() + kDark, end = counts.begin() + kBright;
  return 2 * std::accumulate(begin, end, size_t(0)) > values.pixels.size() &&
         std::count_if(begin, end, [](size_t count) { return count > 0; }) > kManyLevels;
}

// The orientation that undoes another one.
int Undoing(int exif_orientation) {
  return exif_orientation == 6 ? 8 : exif_orientation == 8 ? 6 : exif_orientation;
}

}  // namespace

Image8 OpaquePart(const Image8& photo) {
  Image8 kept(photo.width, photo.height, 1);
  for (size_t i = 0; i < kept.pixels.size(); ++i) {
    kept.pixels[i] = photo.channels != 4 || photo.pixels[4 * i + 3] >= kHalf ? kKept : 0;
  }
  return kept;
}

Image8 WhollyKept(Image8 resampled) {
  for (uint8_t& value : resampled.pixels) value = value < kKept ? 0 : kKept;
  return resampled;
}

Image8 ReadMask(const PhotoMask& mask, const PhotoInfo& photo) {
  const DecodedPhoto decoded = ReadPhoto(mask.path);
  SPLAT_CHECK(!decoded.truncated, mask.path, ": is not an image that can be read: the file ends early; copy it again ",
              "or remove it");
  if (mask.is_photo) return OpaquePart(decoded.image);
  Image8 kept = ValuesOf(decoded.image, AlphaVaries(decoded.image));
  SPLAT_CHECK(!ShowsAnImage(kept), mask.path, ": is no mask but an image: most of it is neither black nor white");
  const uint8_t brightest = *std::max_element(kept.pixels.begin(), kept.pixels.end());
  const uint8_t least = brightest < kHalf ? 1 : kHalf;
  for (uint8_t& value : kept.pixels) value = (value >= least) != mask.inverted ? kKept : 0;
  const auto has_aspect = [&](int width, int height) {
    return HasAspect(kept.width, kept.height, width, height, kMaskAspectTolerance);
  };
  if (has_aspect(photo.width, photo.height)) return kept;
  SPLAT_CHECK(photo.exif_orientation >= 5 && has_aspect(photo.height, photo.width), mask.path, ": is ", kept.width, "x",
              kept.height, " px, another aspect than its photo of ", photo.width, "x", photo.height, " px");
  return ApplyOrientation(kept, Undoing(photo.exif_orientation));
}

MaskShare ShareKept(const Image8& mask) {
  const auto share = [&](int left, int top, int right, int bottom) {
    int64_t kept = 0;
    for (int y = top; y < bottom; ++y) kept += std::count(mask.At(left, y), mask.At(left, y) + (right - left), kKept);
    return double(kept) / (double(right - left) * (bottom - top));
  };
  const int w = mask.width, h = mask.height;
  return {share(0, 0, w, h), share(w / 3, h / 3, std::max(w / 3 + 1, 2 * w / 3), std::max(h / 3 + 1, 2 * h / 3))};
}

}  // namespace splat::data
