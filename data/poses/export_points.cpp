#include "data/poses/export_points.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/check.h"
#include "data/poses/photo_matching.h"
#include "data/poses/ply_points.h"
#include "io/mapped_file.h"
#include "io/ply.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// Of the points that lie with the cameras nearly all are in view of one, of others next to none.
constexpr double kLeastInView = 0.1;
constexpr size_t kPointsTried = 500, kCamerasTried = 200;
constexpr double kMargin = 0.25;  // around the image, for distortion; of its size

bool HasExtension(const fs::path& path, const char* extension) {
  return LowerAscii(path.extension().string()) == extension;
}

bool IsSplatScene(const std::string& path) {
  const MappedFile file(path);
  const PlyFile ply(file.bytes(), path);
  const PlyFile::Element* vertex = ply.Find("vertex");
  return vertex != nullptr && std::any_of(vertex->properties.begin(), vertex->properties.end(),
                                          [](const auto& property) { return property.name == "f_dc_0"; });
}

// The files beside `cameras_path` that hold points, and those whose format is not read, sorted.
struct PointFiles {
  std::vector<std::string> ply, others;
};

PointFiles ListPointFiles(const std::string& cameras_path) {
  PointFiles files;
  std::error_code error;
  const fs::path folder = fs::path(cameras_path).parent_path();
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    if (HasExtension(entry->path(), ".ply")) files.ply.push_back(entry->path().lexically_normal().string());
    for (const char* extension : {".las", ".laz", ".e57", ".xyz", ".pts"}) {
      if (HasExtension(entry->path(), extension)) files.others.push_back(entry->path().lexically_normal().string());
    }
  }
  std::sort(files.ply.begin(), files.ply.end());
  std::sort(files.others.begin(), files.others.end());
  return files;
}

// The file that is meant by its name, or since it is the only one.
std::optional<std::string> ChoosePly(const std::string& cameras_path, const std::vector<std::string>& files) {
  for (const std::string& stem : {fs::path(cameras_path).stem().string(), std::string("points3D"),
                                  std::string("sparse_pc"), std::string("pointcloud"), std::string("points")}) {
    for (const std::string& file : files) {
      if (LowerAscii(fs::path(file).stem().string()) == LowerAscii(stem)) return file;
    }
  }
  std::vector<std::string> clouds;
  std::copy_if(files.begin(), files.end(), std::back_inserter(clouds),
               [](const std::string& file) { return !IsSplatScene(file); });
  return clouds.size() == 1 ? std::optional<std::string>(clouds.front()) : std::nullopt;
}

bool IsInView(const PosedPhoto& photo, const Vec3<double>& point) {
  const Vec3<double> in_camera = photo.camera_from_world * point;
  if (!(in_camera.z > 0)) return false;
  const Intrinsics& camera = photo.intrinsics;
  const size_t focal_count = size_t(CameraModelFocalCount(camera.model));
  const double u = camera.params[0] * in_camera.x / in_camera.z + camera.params[focal_count];
  const double v = camera.params[focal_count - 1] * in_camera.y / in_camera.z + camera.params[focal_count + 1];
  return u > -kMargin * camera.width && u < (1 + kMargin) * camera.width && v > -kMargin * camera.height &&
         v < (1 + kMargin) * camera.height;
}

// The part of the points that some camera has in view, by samples.
double PartInView(const SceneDescription& scene) {
  const auto& points = scene.points.positions;
  const size_t point_step = points.size() / kPointsTried + 1, camera_step = scene.photos.size() / kCamerasTried + 1;
  size_t tried = 0, seen = 0;
  for (size_t i = 0; i < points.size(); i += point_step) {
    ++tried;
    for (size_t j = 0; j < scene.photos.size(); j += camera_step) {
      if (!IsInView(scene.photos[j], points[i])) continue;
      ++seen;
      break;
    }
  }
  return tried > 0 ? double(seen) / double(tried) : 0;
}

}  // namespace

void AddExportedPoints(const std::string& cameras_path, SceneDescription& scene) {
  const PointFiles files = ListPointFiles(cameras_path);
  const auto path = ChoosePly(cameras_path, files.ply);
  std::string why;
  if (path) {
    AddPlyPoints(*path, scene);
    const double part = PartInView(scene);
    if (part >= kLeastInView) {
      scene.source += StrCat(" with the points of ", *path);
      return;
    }
    why = scene.points.positions.empty()
              ? *path + " holds none"
              : *path + " has points that no camera looks at: export both in one coordinate system";
    scene.points = {};
  } else if (!files.ply.empty()) {
    why = StrCat("several files may hold them (", NamesInBrief(files.ply), "): name the one that is meant points.ply");
  } else if (!files.others.empty()) {
    why = StrCat(NamesInBrief(files.others), " cannot be read: export PLY");
  } else {
    why = "no PLY lies beside the cameras";
  }
  scene.warnings.push_back(StrCat(cameras_path, ": has no points (", why, "); the training starts from random points"));
}

}  // namespace splat::data
