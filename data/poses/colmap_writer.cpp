#include "data/poses/colmap_writer.h"

#include <cstdint>
#include <vector>

#include "core/quaternion.h"
#include "data/poses/colmap_cameras.h"
#include "io/atomic_file.h"
#include "io/little_endian.h"

namespace splat::data {
namespace {

std::string CameraBytes(const std::vector<Intrinsics>& cameras) {
  std::string bytes;
  AppendBytes(bytes, uint64_t(cameras.size()));
  for (size_t i = 0; i < cameras.size(); ++i) {
    const Intrinsics& camera = cameras[i];
    AppendBytes(bytes, uint32_t(i + 1), int32_t(camera.model), uint64_t(camera.width), uint64_t(camera.height));
    for (const double param : camera.params) AppendBytes(bytes, param);
  }
  return bytes;
}

std::string ImageBytes(const std::vector<PosedPhoto>& photos, const std::vector<size_t>& camera_of) {
  std::string bytes;
  AppendBytes(bytes, uint64_t(photos.size()));
  for (size_t i = 0; i < photos.size(); ++i) {
    const PosedPhoto& photo = photos[i];
    const Quaternion<double> q = QuaternionFromRotation(photo.camera_from_world.rotation);
    const Vec3<double>& t = photo.camera_from_world.translation;
    AppendBytes(bytes, uint32_t(i + 1), q.w, q.x, q.y, q.z, t.x, t.y, t.z, uint32_t(camera_of[i] + 1));
    bytes.append(photo.name.c_str(), photo.name.size() + 1);
    AppendBytes(bytes, uint64_t(0));  // 2D points
  }
  return bytes;
}

std::string PointBytes(const SceneDescription& scene) {
  std::string bytes;
  const size_t count = scene.points.positions.size();
  AppendBytes(bytes, uint64_t(count));
  for (size_t i = 0; i < count; ++i) {
    const Vec3<double>& x = scene.points.positions[i];
    const Vec3<uint8_t>& rgb = scene.points.colors[i];
    AppendBytes(bytes, uint64_t(i + 1), x.x, x.y, x.z, rgb.x, rgb.y, rgb.z, scene.reprojection_error_px);
    AppendBytes(bytes, uint64_t(0));  // length of the track
  }
  return bytes;
}

}  // namespace

void WriteColmapModel(const std::string& folder, const SceneDescription& scene) {
  const ColmapCameras shared = SharedCameras(scene.photos);
  MakeModelFolder(folder);
  WriteFileAtomically(folder + "/cameras.bin", CameraBytes(shared.cameras));
  WriteFileAtomically(folder + "/images.bin", ImageBytes(scene.photos, shared.of_photo));
  WriteFileAtomically(folder + "/points3D.bin", PointBytes(scene));
}

}  // namespace splat::data
