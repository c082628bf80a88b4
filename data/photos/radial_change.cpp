#include "data/photos/radial_change.h"

#include "core/check.h"
#include "data/photos/focal_factor.h"

namespace splat::data {

Intrinsics WithRadialChange(const Intrinsics& intrinsics, double change) {
  Intrinsics changed = intrinsics;
  const size_t params = size_t(CameraModelParamCount(intrinsics.model));
  SPLAT_CHECK(TakesFocalFactor(intrinsics.model) && intrinsics.params.size() == params, "a ",
              CameraModelName(intrinsics.model), " camera with ", intrinsics.params.size(),
              " parameters cannot be given another radial distortion");
  if (intrinsics.model == CameraModel::kSimplePinhole) changed.model = CameraModel::kSimpleRadial;
  if (intrinsics.model == CameraModel::kPinhole) changed.model = CameraModel::kOpenCv;
  changed.params.resize(size_t(CameraModelParamCount(changed.model)), 0.0);
  changed.params[size_t(CameraModelFocalCount(changed.model)) + 2] += change;  // after the principal point
  return changed;
}

}  // namespace splat::data
