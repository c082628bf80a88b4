#include "data/poses/llff_reader.h"

#include <cmath>

#include "core/check.h"
#include "core/format.h"
#include "core/rotation_matrix.h"
#include "data/poses/unusable_poses.h"
#include "io/npy.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

constexpr size_t kRow = 17, kMatrixColumns = 5;

std::string ShapeText(const std::vector<size_t>& shape) {
  std::string text;
  for (const size_t side : shape) text += StrCat(text.empty() ? "" : " x ", side);
  return text.empty() ? "one number" : text;
}

Intrinsics IntrinsicsOf(double height, double width, double focal, const std::string& where) {
  const auto is_side = [](double side) { return side >= 1 && side <= kMaxPhotoSide && side == std::floor(side); };
  SPLAT_CHECK(is_side(height) && is_side(width), where, ": the photo size ", width, " x ", height, " is impossible");
  SPLAT_CHECK(focal > 0, where, ": the focal length is ", focal, ", must be positive");
  return {CameraModel::kSimplePinhole, int(width), int(height), {focal, 0.5 * width, 0.5 * height}};
}

// Fills in camera and pose.
void PlacePhoto(const double* row, const std::string& where, PosedPhoto& photo) {
  Mat3<double> axes;  // columns: down, right, backwards
  double last[2][3];  // columns: the centre; height, width and focal length
  for (int i = 0; i < 3; ++i) {
    const double* r = row + size_t(i) * kMatrixColumns;
    for (size_t j = 0; j < kMatrixColumns; ++j) {
      SPLAT_CHECK(std::isfinite(r[j]), where, ": its matrix holds ", r[j], "; make the file again");
    }
    for (int j = 0; j < 3; ++j) axes(i, j) = r[j];
    for (size_t j = 0; j < 2; ++j) last[j][i] = r[3 + j];
  }
  const Mat3<double> r = NearestRotation(TakeScaleOff(axes, where + ": its matrix").rotation);
  Rigid3 world_from_camera;
  for (int i = 0; i < 3; ++i) {
    world_from_camera.rotation(i, 0) = r(i, 1);
    world_from_camera.rotation(i, 1) = r(i, 0);
    world_from_camera.rotation(i, 2) = -r(i, 2);
  }
  world_from_camera.translation = {last[0][0], last[0][1], last[0][2]};
  photo.intrinsics = IntrinsicsOf(last[1][0], last[1][1], last[1][2], where);
  photo.camera_from_world = Inverse(world_from_camera);
}

}  // namespace

SceneDescription ReadLlff(const std::string& path) {
  const NpyArray array = ParseNpy(ReadFile(path), path);
  SPLAT_CHECK(array.shape.size() == 2 && array.shape[1] == kRow && array.shape[0] > 0, path, ": holds ",
              ShapeText(array.shape), "; LLFF's poses are N x ", kRow, ", one row a photo");
  SceneDescription scene;
  scene.source = StrCat("LLFF's poses ", path, " (", array.shape[0], " rows)");
  scene.in_order = true;
  for (size_t i = 0; i < array.shape[0]; ++i) {
    const std::string digits = StrCat(i), name = "pose_" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0');
    PosedPhoto& photo = scene.photos.emplace_back();
    photo.name = name + digits;
    ReadOrSayWhy(photo, [&] { PlacePhoto(&array.values[i * kRow], StrCat(path, ": row ", i + 1), photo); });
  }
  CheckAnyIsUsable(scene.photos);
  return scene;
}

}  // namespace splat::data
