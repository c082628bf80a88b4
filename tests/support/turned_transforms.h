// This header writes a transforms.json whose cameras have OpenCV's axes, where OpenGL's are meant.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/check.h"
#include "data/poses/colmap_reader.h"
#include "tests/support/byte_writer.h"
#include "tests/support/read_poses.h"

namespace splat::testing {

// Writes transforms.json and sparse_pc.ply into `folder`, which WriteBallPhotos has filled. Returns what the model
// says.
inline data::SceneDescription WriteTurnedTransforms(const std::string& folder) {
  data::SceneDescription scene = data::ReadColmapModel(folder + "/sparse/0", folder + "/images");
  const std::vector<double>& k = scene.photos.front().intrinsics.params;
  nlohmann::json file = {
      {"fl_x", k[0]}, {"fl_y", k[1]}, {"cx", k[2]}, {"cy", k[3]}, {"w", scene.photos.front().intrinsics.width}};
  file["h"] = scene.photos.front().intrinsics.height;
  for (const data::PosedPhoto& photo : scene.photos) {
    const Rigid3 pose = Inverse(photo.camera_from_world);
    nlohmann::json matrix;
    for (int i = 0; i < 3; ++i) {
      const Vec3<double> row = Row(pose.rotation, i), t = pose.translation;
      matrix.push_back({row.x, row.y, row.z, i == 0 ? t.x : i == 1 ? t.y : t.z});
    }
    matrix.push_back({0, 0, 0, 1});
    file["frames"].push_back({{"file_path", "images/" + photo.name}, {"transform_matrix", matrix}});
  }
  WriteBytes(folder + "/transforms.json", file.dump());
  std::string points = StrCat("ply\nformat ascii 1.0\nelement vertex ", scene.points.positions.size(),
                              "\nproperty float x\nproperty float y\nproperty float z\nend_header\n");
  for (const Vec3<double>& p : scene.points.positions) points += StrCat(p.x, " ", p.y, " ", p.z, "\n");
  WriteBytes(folder + "/sparse_pc.ply", points);
  return scene;
}

}  // namespace splat::testing
