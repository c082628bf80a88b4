#include "data/photos/radial_change.h"

#include "core/check.h"

namespace splat::data {

bool TakesRadialChange(CameraModel model) {
  switch (model) {
    case CameraModel::kSimplePinhole:
    case CameraModel::kPinhole:
    case CameraModel::kSimpleRadial:
    case CameraModel::kRadial:
    case CameraModel::kOpenCv:
    case CameraModel::kFullOpenCv:
    case CameraModel::kBrown:
      return true;
    default:
      return false;
  }
}

Intrinsics WithRadialChange(const Intrinsics& intrinsics, double change) {
  Intrinsics changed = intrinsics;
  const size_t params = size_t(CameraModelParamCount(intrinsics.model));
  SPLAT_CHECK(TakesRadialChange(intrinsics.model) && intrinsics.params.size() == params, "a ",
              CameraModelName(intrinsics.model), " camera with ", intrinsics.params.size(),
              " parameters cannot be given another radial distortion");
  if (intrinsics.model == CameraModel::kSimplePinhole) changed.model = CameraModel::kSimpleRadial;
  if (intrinsics.model == CameraModel::kPinhole) changed.model = CameraModel::kOpenCv;
  changed.params.resize(size_t(CameraModelParamCount(changed.model)), 0.0);
  changed.params[size_t(CameraModelFocalCount(changed.model)) + 2] += change;  // after the principal point
  return changed;
}

}  // namespace splat::data
