#include "data/poses/colmap_writer.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>

#include "core/check.h"
#include "core/quaternion.h"
#include "io/atomic_file.h"

namespace splat::data {
namespace {

constexpr int kDigits = 17;  // a double survives the text

// Photogrammetry's polynomial is one of COLMAP's where it has no fourth radial term and no shear.
Intrinsics OfColmap(const Intrinsics& camera, const std::string& photo) {
  if (IsOfColmap(camera.model)) return camera;
  const std::vector<double>& p = camera.params;  // fx, fy, cx, cy, k1, k2, k3, k4, p1, p2, shear
  SPLAT_CHECK(p[7] == 0 && p[10] == 0, photo,
              ": its camera has a fourth radial coefficient or a shear, which no model ", "of COLMAP has");
  return {CameraModel::kFullOpenCv,
          camera.width,
          camera.height,
          {p[0], p[1], p[2], p[3], p[4], p[5], p[8], p[9], p[6], 0, 0, 0}};
}

// The line of cameras.txt after the id.
std::string CameraLine(const Intrinsics& camera) {
  std::ostringstream line;
  line << std::setprecision(kDigits) << CameraModelName(camera.model) << ' ' << camera.width << ' ' << camera.height;
  for (const double param : camera.params) line << ' ' << param;
  return line.str();
}

void WriteText(const std::string& path, const std::string& text) {
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << text; });
}

}  // namespace

void WriteColmapModel(const std::string& folder, const SceneDescription& scene) {
  std::vector<std::string> cameras;
  std::ostringstream images, cloud;
  images << std::setprecision(kDigits) << "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# (no features)\n";
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    const PosedPhoto& photo = scene.photos[i];
    const std::string line = CameraLine(OfColmap(photo.intrinsics, photo.name));
    const size_t camera = size_t(std::find(cameras.begin(), cameras.end(), line) - cameras.begin());
    if (camera == cameras.size()) cameras.push_back(line);
    const Rigid3& pose = photo.camera_from_world;
    const Quaternion<double> q = QuaternionFromRotation(pose.rotation);
    images << i + 1 << ' ' << q.w << ' ' << q.x << ' ' << q.y << ' ' << q.z << ' ' << pose.translation.x << ' '
           << pose.translation.y << ' ' << pose.translation.z << ' ' << camera + 1 << ' ' << photo.name << "\n\n";
  }
  std::string camera_text = "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n";
  for (size_t i = 0; i < cameras.size(); ++i) camera_text += std::to_string(i + 1) + ' ' + cameras[i] + '\n';
  cloud << std::setprecision(kDigits) << "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[]\n";
  for (size_t i = 0; i < scene.points.positions.size(); ++i) {
    const Vec3<double>& x = scene.points.positions[i];
    const Vec3<uint8_t>& rgb = scene.points.colors[i];
    cloud << i + 1 << ' ' << x.x << ' ' << x.y << ' ' << x.z << ' ' << int(rgb.x) << ' ' << int(rgb.y) << ' '
          << int(rgb.z) << ' ' << scene.reprojection_error_px << '\n';
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  SPLAT_CHECK(!error, folder, ": cannot be made: ", error.message());
  WriteText(folder + "/cameras.txt", camera_text);
  WriteText(folder + "/images.txt", images.str());
  WriteText(folder + "/points3D.txt", cloud.str());
}

}  // namespace splat::data
