#include "data/poses/size_fit.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "data/photos/photo_files.h"

namespace splat::data {
namespace {

// A factor this near to one is no scaling that people make, but the trace of undistortion or a crop.
constexpr double kNearOne = 0.1;
constexpr double kRounding_px = 1;  // of a side, by whoever scaled the photos

}  // namespace

PhotoInfo PhotoSizes::SizeFor(const PosedPhoto& photo) {
  const auto [entry, added] = read_.try_emplace(photo.path);
  PhotoInfo& info = entry->second;
  if (added) info = PhotoInfoOrNone(photo.path);
  PhotoInfo turned = info;
  const bool other_format = (info.width > info.height) != (photo.intrinsics.width > photo.intrinsics.height);
  if (info.exif_orientation >= 5 && other_format) std::swap(turned.width, turned.height);
  return turned;
}

SizeAgreement CompareSizes(const std::vector<PosedPhoto>& photos, PhotoSizes& sizes) {
  // The factors that all sides allow, within rounding.
  double least = 0, most = std::numeric_limits<double>::infinity();
  size_t known = 0, exact = 0;
  SizeAgreement agreement;
  for (const PosedPhoto& photo : photos) {
    if (!photo.problem.empty()) continue;  // it has no camera
    const PhotoInfo size = sizes.SizeFor(photo);
    if (size.width == 0) continue;
    ++known;
    const int sides[2][2] = {{size.width, photo.intrinsics.width}, {size.height, photo.intrinsics.height}};
    for (const auto& [is, calibrated] : sides) {
      least = std::max(least, (is - kRounding_px) / calibrated);
      most = std::min(most, (is + kRounding_px) / calibrated);
    }
    if (size.width == photo.intrinsics.width && size.height == photo.intrinsics.height) {
      ++exact;
    } else if (agreement.example.empty()) {
      agreement.example = StrCat(photo.name, " is ", size.width, "x", size.height, " px, its camera ",
                                 photo.intrinsics.width, "x", photo.intrinsics.height, " px");
    }
  }
  if (known == 0) return agreement;
  const double factor = 0.5 * (least + most);
  const bool common = least <= most && (factor < 1 - kNearOne || factor > 1 + kNearOne);
  agreement.fit = exact == known ? SizeFit::kExact : common ? SizeFit::kScaled : SizeFit::kOther;
  agreement.mostly_exact = 2 * exact > known;
  return agreement;
}

}  // namespace splat::data
