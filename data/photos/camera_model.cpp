#include "data/photos/camera_model.h"

#include <algorithm>

#include "core/check.h"

namespace splat::data {
namespace {

struct ModelTraits {
  CameraModel model;
  const char* name;
  int params;
  int focal_lengths;
  bool supported;
  bool bends_lines;  // even if all distortion parameters are zero
};

constexpr ModelTraits kModels[] = {
    {CameraModel::kSimplePinhole, "SIMPLE_PINHOLE", 3, 1, true, false},
    {CameraModel::kPinhole, "PINHOLE", 4, 2, true, false},
    {CameraModel::kSimpleRadial, "SIMPLE_RADIAL", 4, 1, true, false},
    {CameraModel::kRadial, "RADIAL", 5, 1, true, false},
    {CameraModel::kOpenCv, "OPENCV", 8, 2, true, false},
    {CameraModel::kOpenCvFisheye, "OPENCV_FISHEYE", 8, 2, true, true},
    {CameraModel::kFullOpenCv, "FULL_OPENCV", 12, 2, true, false},
    {CameraModel::kFov, "FOV", 5, 2, false, true},
    {CameraModel::kSimpleRadialFisheye, "SIMPLE_RADIAL_FISHEYE", 4, 1, true, true},
    {CameraModel::kRadialFisheye, "RADIAL_FISHEYE", 5, 1, true, true},
    {CameraModel::kThinPrismFisheye, "THIN_PRISM_FISHEYE", 12, 2, false, true},
    {CameraModel::kRadTanThinPrismFisheye, "RAD_TAN_THIN_PRISM_FISHEYE", 16, 2, false, true},
    {CameraModel::kSimpleDivision, "SIMPLE_DIVISION", 4, 1, false, false},
    {CameraModel::kDivision, "DIVISION", 5, 2, false, false},
    {CameraModel::kSimpleFisheye, "SIMPLE_FISHEYE", 3, 1, false, true},
    {CameraModel::kFisheye, "FISHEYE", 4, 2, false, true},
    {CameraModel::kEucm, "EUCM", 6, 2, false, true},
    {CameraModel::kEquirectangular, "EQUIRECTANGULAR", 2, 2, false, true},
    {CameraModel::kBrown, "BROWN", 11, 2, true, false},
};

const ModelTraits& Traits(CameraModel model) {
  for (const ModelTraits& traits : kModels) {
    if (traits.model == model) return traits;
  }
  throw Error(StrCat("camera model ", int(model), " is not known"));
}

}  // namespace

std::string CameraModelName(CameraModel model) {
  return Traits(model).name;
}

CameraModel CameraModelFromId(int id, const std::string& where) {
  for (const ModelTraits& traits : kModels) {
    if (int(traits.model) == id && IsOfColmap(traits.model)) return traits.model;
  }
  throw Error(StrCat(where, ": unknown camera model id ", id, " (known: 0 to ", int(CameraModel::kEquirectangular),
                     "); the file is damaged or of a newer COLMAP: run COLMAP with --camera-model OPENCV"));
}

CameraModel CameraModelFromName(const std::string& name, const std::string& where) {
  for (const ModelTraits& traits : kModels) {
    if (name == traits.name && IsOfColmap(traits.model)) return traits.model;
  }
  throw Error(StrCat(where, ": unknown camera model '", name, "'; use one that COLMAP names, such as OPENCV"));
}

int CameraModelParamCount(CameraModel model) {
  return Traits(model).params;
}

int CameraModelFocalCount(CameraModel model) {
  return Traits(model).focal_lengths;
}

bool IsSupported(CameraModel model) {
  return Traits(model).supported;
}

bool HasDistortion(const Intrinsics& intrinsics) {
  const ModelTraits& traits = Traits(intrinsics.model);
  if (traits.bends_lines) return true;
  const size_t first = size_t(traits.focal_lengths) + 2;  // after the focal lengths and the principal point
  const auto& params = intrinsics.params;
  return std::any_of(params.begin() + std::min(first, params.size()), params.end(), [](double k) { return k != 0; });
}

}  // namespace splat::data
