// Camera models have the names that COLMAP gives them. Training uses pinhole cameras; a photo of a distorted camera is
// undistorted when it is loaded.
#pragma once

#include <string>
#include <vector>

#include "core/camera.h"

namespace splat::data {

// COLMAP's models with COLMAP's ids and parameters in COLMAP's order. Those marked "refused" are read and named, but
// their photos cannot be undistorted.
enum class CameraModel {
  kSimplePinhole = 0,        // f, cx, cy
  kPinhole = 1,              // fx, fy, cx, cy
  kSimpleRadial = 2,         // f, cx, cy, k
  kRadial = 3,               // f, cx, cy, k1, k2
  kOpenCv = 4,               // fx, fy, cx, cy, k1, k2, p1, p2
  kOpenCvFisheye = 5,        // fx, fy, cx, cy, k1, k2, k3, k4
  kFullOpenCv = 6,           // fx, fy, cx, cy, k1, k2, p1, p2, k3, k4, k5, k6
  kFov = 7,                  // refused
  kSimpleRadialFisheye = 8,  // f, cx, cy, k
  kRadialFisheye = 9,        // f, cx, cy, k1, k2
  kThinPrismFisheye = 10,    // refused
  // COLMAP 3.12 and later:
  kRadTanThinPrismFisheye = 11,  // refused
  kSimpleDivision = 12,          // refused
  kDivision = 13,                // refused
  kSimpleFisheye = 14,           // refused
  kFisheye = 15,                 // refused
  kEucm = 16,                    // refused
  kEquirectangular = 17,         // refused
  // Not COLMAP's, and in none of its files: the polynomial of photogrammetry programs. Tangential terms in OpenCV's
  // order; the shear is a part of the distorted y that is added to x.
  kBrown = 1000,  // fx, fy, cx, cy, k1, k2, k3, k4, p1, p2, shear
};

// A calibrated image with a longer side, px, is that of a damaged file.
constexpr int kMaxPhotoSide = 1'000'000;

// Intrinsics as calibrated: pixel (0,0) has its centre at (0.5, 0.5).
struct Intrinsics {
  CameraModel model = CameraModel::kPinhole;
  int width = 0, height = 0;   // px, of the calibrated image
  std::vector<double> params;  // in the model's order above
};

// These functions translate between a model and its name in COLMAP ("OPENCV") or its id. CameraModelFromId and
// CameraModelFromName throw splat::Error for models that COLMAP does not know; `where` (file and entry) begins the
// message.
std::string CameraModelName(CameraModel model);
CameraModel CameraModelFromId(int id, const std::string& where);
CameraModel CameraModelFromName(const std::string& name, const std::string& where);
// Whether it is one of COLMAP's.
constexpr bool IsOfColmap(CameraModel model) {
  return int(model) <= int(CameraModel::kEquirectangular);
}
// Number of params of the model.
int CameraModelParamCount(CameraModel model);
// How many of the params, at their beginning, are focal lengths: 1 or 2. The principal point (cx, cy) follows them. The
// panorama model, which has neither, keeps its width and height there.
int CameraModelFocalCount(CameraModel model);
// Whether photos of this model can be used, undistorted if need be.
bool IsSupported(CameraModel model);
// Whether photos differ from a pinhole camera's: a distortion parameter is not zero, or the model bends straight lines
// even with all of them zero (the fisheye models, FOV). False for the pinhole models.
bool HasDistortion(const Intrinsics& intrinsics);

}  // namespace splat::data
