#include "data/dataset/stale_size.h"

#include <cmath>

#include "core/check.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr double kNearMiddle = 0.03;  // x the side: principal points of lenses
constexpr double kFarOff = 0.1;       // those of no lens, along both sides

}  // namespace

bool HasStaleSize(const Intrinsics& intrinsics, int width, int height) {
  const Lens lens = MakeLens(intrinsics);
  const auto off = [](double value, int side) { return std::abs(value / side - 0.5); };
  return off(lens.cx, width) <= kNearMiddle && off(lens.cy, height) <= kNearMiddle &&
         off(lens.cx, intrinsics.width) >= kFarOff && off(lens.cy, intrinsics.height) >= kFarOff;
}

std::string StaleSizeText(const Intrinsics& intrinsics, int width, int height) {
  const Lens lens = MakeLens(intrinsics);
  return StrCat("the principal point (", lens.cx, ", ", lens.cy, ") px is the middle of the photo of ", width, " x ",
                height, " px and not of the camera's ", intrinsics.width, " x ", intrinsics.height,
                " px: focal length and principal point are taken as px of the photo; correct the camera's size");
}

}  // namespace splat::data
