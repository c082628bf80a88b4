#include "data/poses/brown_camera.h"

namespace splat::data {

Intrinsics BrownCamera::ToIntrinsics() const {
  const Intrinsics bent = {
      CameraModel::kBrown, width, height, {fx, fy, cx, cy, k[0], k[1], k[2], k[3], t[1], t[0], skew / fx}};
  return HasDistortion(bent) ? bent : Intrinsics{CameraModel::kPinhole, width, height, {fx, fy, cx, cy}};
}

}  // namespace splat::data
