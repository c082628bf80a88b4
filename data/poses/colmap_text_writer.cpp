#include <iomanip>
#include <sstream>

#include "core/quaternion.h"
#include "data/poses/colmap_cameras.h"
#include "data/poses/colmap_writer.h"
#include "io/atomic_file.h"

namespace splat::data {
namespace {

constexpr int kDigits = 17;  // a double survives the text

std::string CameraText(const std::vector<Intrinsics>& cameras) {
  std::ostringstream text;
  text << std::setprecision(kDigits) << "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n";
  for (size_t i = 0; i < cameras.size(); ++i) {
    const Intrinsics& camera = cameras[i];
    text << i + 1 << ' ' << CameraModelName(camera.model) << ' ' << camera.width << ' ' << camera.height;
    for (const double param : camera.params) text << ' ' << param;
    text << '\n';
  }
  return text.str();
}

std::string ImageText(const std::vector<PosedPhoto>& photos, const std::vector<size_t>& camera_of) {
  std::ostringstream text;
  text << std::setprecision(kDigits) << "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# (no features)\n";
  for (size_t i = 0; i < photos.size(); ++i) {
    const Rigid3& pose = photos[i].camera_from_world;
    const Quaternion<double> q = QuaternionFromRotation(pose.rotation);
    const Vec3<double>& t = pose.translation;
    text << i + 1 << ' ' << q.w << ' ' << q.x << ' ' << q.y << ' ' << q.z << ' ' << t.x << ' ' << t.y << ' ' << t.z
         << ' ' << camera_of[i] + 1 << ' ' << photos[i].name << "\n\n";
  }
  return text.str();
}

std::string PointText(const SceneDescription& scene) {
  std::ostringstream text;
  text << std::setprecision(kDigits) << "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[]\n";
  for (size_t i = 0; i < scene.points.positions.size(); ++i) {
    const Vec3<double>& x = scene.points.positions[i];
    const Vec3<uint8_t>& rgb = scene.points.colors[i];
    text << i + 1 << ' ' << x.x << ' ' << x.y << ' ' << x.z << ' ' << int(rgb.x) << ' ' << int(rgb.y) << ' '
         << int(rgb.z) << ' ' << scene.reprojection_error_px << '\n';
  }
  return text.str();
}

}  // namespace

void WriteColmapText(const std::string& folder, const SceneDescription& scene) {
  const ColmapCameras shared = SharedCameras(scene.photos);
  MakeModelFolder(folder);
  WriteFileAtomically(folder + "/cameras.txt", CameraText(shared.cameras));
  WriteFileAtomically(folder + "/images.txt", ImageText(scene.photos, shared.of_photo));
  WriteFileAtomically(folder + "/points3D.txt", PointText(scene));
}

}  // namespace splat::data
