#include "data/poses/colmap_cameras.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"

namespace splat::data {

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

ColmapCameras SharedCameras(const std::vector<PosedPhoto>& photos) {
  ColmapCameras shared;
  shared.of_photo.reserve(photos.size());
  for (const PosedPhoto& photo : photos) {
    const Intrinsics wanted = AsColmapCamera(photo.intrinsics, photo.name);
    const auto found = std::find_if(shared.cameras.begin(), shared.cameras.end(), [&](const Intrinsics& camera) {
      return camera.model == wanted.model && camera.width == wanted.width && camera.height == wanted.height &&
             camera.params == wanted.params;
    });
    shared.of_photo.push_back(size_t(found - shared.cameras.begin()));
    if (found == shared.cameras.end()) shared.cameras.push_back(wanted);
  }
  return shared;
}

void MakeModelFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  SPLAT_CHECK(!error, folder, ": cannot be made: ", error.message());
}

}  // namespace splat::data
