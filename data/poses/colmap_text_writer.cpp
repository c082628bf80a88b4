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

void WriteColmapText(const std::string& folder, const SceneDescription& scene) {
  std::vector<std::string> cameras;
  std::ostringstream images, cloud;
  images << std::setprecision(kDigits) << "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# (no features)\n";
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    const PosedPhoto& photo = scene.photos[i];
    const std::string line = CameraLine(AsColmapCamera(photo.intrinsics, photo.name));
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
