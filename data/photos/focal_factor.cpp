#include "data/photos/focal_factor.h"

#include <cmath>

#include "core/check.h"

namespace splat::data {
namespace {

// The power of the factor that each of the model's parameters is multiplied by; none for a model that takes no factor.
std::vector<int> Powers(CameraModel model) {
  switch (model) {
    case CameraModel::kSimplePinhole:
      return {1, 0, 0};
    case CameraModel::kPinhole:
      return {1, 1, 0, 0};
    case CameraModel::kSimpleRadial:
      return {1, 0, 0, 2};
    case CameraModel::kRadial:
      return {1, 0, 0, 2, 4};
    case CameraModel::kOpenCv:
      return {1, 1, 0, 0, 2, 4, 1, 1};
    case CameraModel::kFullOpenCv:
      return {1, 1, 0, 0, 2, 4, 1, 1, 6, 2, 4, 6};
    case CameraModel::kBrown:
      return {1, 1, 0, 0, 2, 4, 6, 8, 1, 1, 0};
    default:
      return {};
  }
}

}  // namespace

bool TakesFocalFactor(CameraModel model) {
  return !Powers(model).empty();
}

Intrinsics WithFocalFactor(const Intrinsics& intrinsics, double factor) {
  const std::vector<int> powers = Powers(intrinsics.model);
  SPLAT_CHECK(!powers.empty() && powers.size() == intrinsics.params.size(), "the focal length of a ",
              CameraModelName(intrinsics.model), " camera with ", intrinsics.params.size(),
              " parameters cannot be changed without changing what its photos show");
  Intrinsics changed = intrinsics;
  for (size_t i = 0; i < powers.size(); ++i) changed.params[i] *= std::pow(factor, powers[i]);
  return changed;
}

}  // namespace splat::data
