#include "capture/truth.h"

#include <algorithm>
#include <cstring>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/quaternion.h"
#include "io/atomic_file.h"

namespace splat::capture {
namespace {

constexpr int kDigits = 17;  // a double survives the text

// The line of cameras.txt after the id.
std::string CameraLine(const Lens& lens) {
  std::ostringstream line;
  const Camera& camera = lens.camera;
  const Distortion& d = lens.distortion;
  line << std::setprecision(kDigits) << (d.IsZero() ? "PINHOLE " : "OPENCV ") << camera.width << ' ' << camera.height
       << ' ' << camera.fx << ' ' << camera.fy << ' ' << camera.cx << ' ' << camera.cy;
  if (!d.IsZero()) line << ' ' << d.k1 << ' ' << d.k2 << ' ' << d.p1 << ' ' << d.p2;
  return line.str();
}

void WriteText(const std::string& path, const std::string& text) {
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << text; });
}

}  // namespace

void WriteColmapText(const std::string& folder, const std::vector<CapturedPhoto>& photos,
                     const std::vector<TruePoint>& points) {
  std::vector<std::string> cameras;
  std::ostringstream images, cloud;
  images << std::setprecision(kDigits) << "# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n# (no features)\n";
  for (size_t i = 0; i < photos.size(); ++i) {
    const std::string line = CameraLine(photos[i].lens);
    const size_t camera = size_t(std::find(cameras.begin(), cameras.end(), line) - cameras.begin());
    if (camera == cameras.size()) cameras.push_back(line);
    const Rigid3& pose = photos[i].lens.camera.camera_from_world;
    const Quaternion<double> q = QuaternionFromRotation(pose.rotation);
    images << i + 1 << ' ' << q.w << ' ' << q.x << ' ' << q.y << ' ' << q.z << ' ' << pose.translation.x << ' '
           << pose.translation.y << ' ' << pose.translation.z << ' ' << camera + 1 << ' ' << photos[i].name << "\n\n";
  }
  std::string camera_text = "# CAMERA_ID, MODEL, WIDTH, HEIGHT, PARAMS[]\n";
  for (size_t i = 0; i < cameras.size(); ++i) camera_text += std::to_string(i + 1) + ' ' + cameras[i] + '\n';
  cloud << std::setprecision(kDigits) << "# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[]\n";
  for (size_t i = 0; i < points.size(); ++i) {
    const Vec3<double>& x = points[i].x_in_world;
    const uint8_t* rgb = points[i].rgb;
    cloud << i + 1 << ' ' << x.x << ' ' << x.y << ' ' << x.z << ' ' << int(rgb[0]) << ' ' << int(rgb[1]) << ' '
          << int(rgb[2]) << " 0\n";
  }
  WriteText(folder + "/cameras.txt", camera_text);
  WriteText(folder + "/images.txt", images.str());
  WriteText(folder + "/points3D.txt", cloud.str());
}

void WritePfm(const std::string& path, const ImageF& image) {
  static_assert(sizeof(float) == 4, "PFM holds 32-bit floats");
  WriteFileAtomically(path, [&](std::ostream& stream) {
    stream << "Pf\n" << image.width << ' ' << image.height << "\n-1.0\n";
    for (int y = image.height - 1; y >= 0; --y) {
      stream.write(reinterpret_cast<const char*>(image.At(0, y)), std::streamsize(4) * image.width);
    }
  });
}

void WriteOptions(const std::string& path, const CaptureOptions& options) {
  const Distortion& d = options.distortion;
  const nlohmann::ordered_json json = {
      {"photos", options.photos},
      {"width", options.width},
      {"height", options.height},
      {"field_of_view_deg", options.field_of_view_deg},
      {"seed", options.seed},
      {"orbit_radius_m", options.orbit_radius},
      {"orbit_height_m", options.orbit_height},
      {"height_variation_m", options.height_variation},
      {"distortion", {{"k1", d.k1}, {"k2", d.k2}, {"p1", d.p1}, {"p2", d.p2}}},
      {"exposure_drift_ev", options.exposure_drift_ev},
      {"exposure_jitter_ev", options.exposure_jitter_ev},
      {"white_balance_ev", options.white_balance_ev},
      {"noise", options.noise},
      {"samples_per_side", options.samples_per_side},
      {"exif_rotation", options.exif_rotation},
      {"alpha_masks", options.alpha_masks},
      {"mixed_sizes", options.mixed_sizes},
      {"depth", options.depth},
      {"moving_object", options.moving_object},
      {"black_rows", options.black_rows},
      {"letterbox", options.letterbox},
  };
  WriteText(path, json.dump(2) + '\n');
}

}  // namespace splat::capture
