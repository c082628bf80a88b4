#include "capture/truth.h"

#include <cstring>
#include <nlohmann/json.hpp>

#include "capture/scene.h"
#include "capture/trajectory.h"
#include "core/random.h"
#include "io/atomic_file.h"

namespace splat::capture {
namespace {

data::Intrinsics IntrinsicsOf(const Lens& lens) {
  const Camera& camera = lens.camera;
  const Distortion& d = lens.distortion;
  data::Intrinsics intrinsics = {
      data::CameraModel::kPinhole, camera.width, camera.height, {camera.fx, camera.fy, camera.cx, camera.cy}};
  if (d.IsZero()) return intrinsics;
  intrinsics.model = data::CameraModel::kOpenCv;
  intrinsics.params.insert(intrinsics.params.end(), {d.k1, d.k2, d.p1, d.p2});
  return intrinsics;
}

}  // namespace

data::SceneDescription DescriptionOf(const std::vector<CapturedPhoto>& photos, const data::PointCloud& points) {
  data::SceneDescription scene;
  for (const CapturedPhoto& photo : photos) {
    scene.photos.push_back({photo.name, photo.name, IntrinsicsOf(photo.lens), photo.lens.camera.camera_from_world, {}});
  }
  scene.points = points;
  scene.reprojection_error_px = 0;
  return scene;
}

data::SceneDescription WithPosesOff(const data::SceneDescription& truth, const CaptureOptions& options) {
  data::SceneDescription off = truth;
  off.reprojection_error_px = -1;
  const Vec3<double> target = SceneFor(options).look_at;
  Random random(options.seed + 3);
  for (data::PosedPhoto& photo : off.photos) {
    Rigid3& pose = photo.camera_from_world;
    pose = PutOff(pose, options.poses_off_deg, options.poses_off_share * Norm(pose * target), random);
  }
  return off;
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
      {"outdoors", options.outdoors},
      {"black_rows", options.black_rows},
      {"letterbox", options.letterbox},
      {"poses_off_deg", options.poses_off_deg},
      {"poses_off_share", options.poses_off_share},
  };
  WriteFileAtomically(path, json.dump(2) + '\n');
}

}  // namespace splat::capture
