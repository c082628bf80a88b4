#include "data/poses/colmap_writer.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "core/quaternion.h"
#include "io/atomic_file.h"

namespace splat::data {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the bytes of numbers are written as they lie in memory");

// Numbers one after the other, as COLMAP's .bin files have them.
template <typename... Numbers>
void Put(std::string& bytes, Numbers... numbers) {
  (bytes.append(reinterpret_cast<const char*>(&numbers), sizeof(numbers)), ...);
}

// A camera without its id.
std::string CameraBytes(const Intrinsics& camera) {
  std::string bytes;
  Put(bytes, int32_t(camera.model), uint64_t(camera.width), uint64_t(camera.height));
  for (const double param : camera.params) Put(bytes, param);
  return bytes;
}

void PutImage(std::string& bytes, uint32_t id, const PosedPhoto& photo, uint32_t camera_id) {
  const Quaternion<double> q = QuaternionFromRotation(photo.camera_from_world.rotation);
  const Vec3<double>& t = photo.camera_from_world.translation;
  Put(bytes, id, q.w, q.x, q.y, q.z, t.x, t.y, t.z, camera_id);
  bytes.append(photo.name.c_str(), photo.name.size() + 1);
  Put(bytes, uint64_t(0));  // 2D points
}

std::string PointBytes(const SceneDescription& scene) {
  std::string bytes;
  const size_t count = scene.points.positions.size();
  Put(bytes, uint64_t(count));
  for (size_t i = 0; i < count; ++i) {
    const Vec3<double>& x = scene.points.positions[i];
    const Vec3<uint8_t>& rgb = scene.points.colors[i];
    Put(bytes, uint64_t(i + 1), x.x, x.y, x.z, rgb.x, rgb.y, rgb.z, scene.reprojection_error_px);
    Put(bytes, uint64_t(0));  // length of the track
  }
  return bytes;
}

void WriteBytes(const std::string& path, std::string_view bytes) {
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << bytes; });
}

}  // namespace

Intrinsics AsColmapCamera(const Intrinsics& camera, const std::string& photo) {
  if (IsOfColmap(camera.model)) return camera;
  const std::vector<double>& p = camera.params;  // fx, fy, cx, cy, k1, k2, k3, k4, p1, p2, shear
  SPLAT_CHECK(p[7] == 0 && p[10] == 0, photo,
              ": its camera has a fourth radial coefficient or a shear, which no model of COLMAP has");
  return {CameraModel::kFullOpenCv,
          camera.width,
          camera.height,
          {p[0], p[1], p[2], p[3], p[4], p[5], p[8], p[9], p[6], 0, 0, 0}};
}

void WriteColmapModel(const std::string& folder, const SceneDescription& scene) {
  std::vector<std::string> cameras;  // those that differ
  std::string camera_bytes, image_bytes;
  Put(image_bytes, uint64_t(scene.photos.size()));
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    const PosedPhoto& photo = scene.photos[i];
    const std::string bytes = CameraBytes(AsColmapCamera(photo.intrinsics, photo.name));
    const size_t camera = size_t(std::find(cameras.begin(), cameras.end(), bytes) - cameras.begin());
    if (camera == cameras.size()) cameras.push_back(bytes);
    PutImage(image_bytes, uint32_t(i + 1), photo, uint32_t(camera + 1));
  }
  Put(camera_bytes, uint64_t(cameras.size()));
  for (size_t i = 0; i < cameras.size(); ++i) {
    Put(camera_bytes, uint32_t(i + 1));
    camera_bytes += cameras[i];
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  SPLAT_CHECK(!error, folder, ": cannot be made: ", error.message());
  WriteBytes(folder + "/cameras.bin", camera_bytes);
  WriteBytes(folder + "/images.bin", image_bytes);
  WriteBytes(folder + "/points3D.bin", PointBytes(scene));
}

}  // namespace splat::data
