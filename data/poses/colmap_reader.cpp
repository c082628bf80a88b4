#include "data/poses/colmap_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/check.h"
#include "core/quantile.h"
#include "core/quaternion.h"
#include "data/poses/any_case.h"
#include "data/poses/colmap_files.h"
#include "data/poses/damaged_points.h"
#include "data/poses/ply_points.h"
#include "data/poses/unusable_poses.h"
#include "io/byte_reader.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// The files of a model. Each is text or binary, mostly all are of one kind; the points may be a PLY.
struct ModelFiles {
  bool binary_cameras = false, binary_images = false;
  std::string cameras, images;
  std::vector<std::string> points;  // those that are there, the preferred one first
};

std::string PartPath(const std::string& folder, const std::string& part, const char* extension) {
  return InAnyCase(folder, part + extension).string();
}

bool IsFile(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

const char* ExtensionOf(bool binary) {
  return binary ? ".bin" : ".txt";
}

bool HasPart(const std::string& folder, const char* part, bool binary) {
  return IsFile(PartPath(folder, part, ExtensionOf(binary)));
}

ModelFiles FindFiles(const std::string& folder) {
  SPLAT_CHECK(fs::is_directory(folder), folder, ": the folder of the COLMAP model does not exist");
  ModelFiles files;
  const bool cameras_text = HasPart(folder, "cameras", false), images_text = HasPart(folder, "images", false);
  files.binary_cameras = HasPart(folder, "cameras", true);
  files.binary_images = HasPart(folder, "images", true);
  const bool no_cameras = !files.binary_cameras && !cameras_text, no_images = !files.binary_images && !images_text;
  if (no_cameras || no_images) {
    const char* const extension = ExtensionOf(files.binary_cameras || files.binary_images);
    throw Error(StrCat(folder, ": is no complete COLMAP model: ", no_cameras ? StrCat("cameras", extension) : "",
                       no_cameras && no_images ? ", " : "", no_images ? StrCat("images", extension) : "",
                       " missing (cameras and images must be there, each as .bin or .txt)"));
  }
  if (files.binary_cameras != files.binary_images && cameras_text && images_text) {  // of one kind if possible
    files.binary_cameras = files.binary_images = false;
  }
  files.cameras = PartPath(folder, "cameras", ExtensionOf(files.binary_cameras));
  files.images = PartPath(folder, "images", ExtensionOf(files.binary_images));
  for (const char* extension : {ExtensionOf(files.binary_images), ExtensionOf(!files.binary_images), ".ply"}) {
    const std::string path = PartPath(folder, "points3D", extension);
    if (IsFile(path)) files.points.push_back(path);
  }
  return files;
}

Intrinsics CheckedIntrinsics(const ColmapCamera& camera, const std::string& where) {
  SPLAT_CHECK(
      camera.width >= 1 && camera.height >= 1 && camera.width <= kMaxPhotoSide && camera.height <= kMaxPhotoSide, where,
      ": the photo size ", camera.width, " x ", camera.height,
      " is impossible; the file is damaged: copy it again or run COLMAP again");
  const auto& params = camera.params;
  SPLAT_CHECK(std::all_of(params.begin(), params.end(), [](double p) { return std::isfinite(p); }), where,
              ": a parameter of the ", CameraModelName(camera.model), " model is not finite; run COLMAP again");
  for (int i = 0; i < CameraModelFocalCount(camera.model); ++i) {
    SPLAT_CHECK(params[size_t(i)] > 0, where, ": the focal length ", params[size_t(i)],
                " is not positive; run COLMAP again");
  }
  return {camera.model, int(camera.width), int(camera.height), params};
}

// A camera whose photos can be used, or the reason why they cannot.
struct CameraEntry {
  Intrinsics intrinsics;
  std::string problem;
};
using CameraTable = std::map<uint32_t, CameraEntry>;

// Makes the table; if several cameras have one id, the first counts and a warning is added.
CameraTable MakeCameraTable(const std::vector<ColmapCamera>& cameras, const std::string& path,
                            std::vector<std::string>& warnings) {
  SPLAT_CHECK(!cameras.empty(), path, ": holds no cameras; copy the model again or run COLMAP again");
  CameraTable table;
  for (const ColmapCamera& camera : cameras) {
    const std::string where = StrCat(path, ": camera ", camera.id);
    const auto [entry, added] = table.try_emplace(camera.id);
    if (!added) {
      warnings.push_back(where + " is there twice; the first entry counts");
      continue;
    }
    try {
      entry->second.intrinsics = CheckedIntrinsics(camera, where);
    } catch (const Error& error) {
      entry->second.problem = error.what();
    }
  }
  return table;
}

Rigid3 CheckedPose(const ColmapImage& image, const std::string& where) {
  double largest = 0;
  bool finite = true;
  for (const double q : image.rotation) {
    finite = finite && std::isfinite(q);
    largest = std::max(largest, std::abs(q));
  }
  for (const double t : image.translation) finite = finite && std::isfinite(t);
  SPLAT_CHECK(finite, where, ": the pose is not finite; remove the image from the model or run COLMAP again");
  SPLAT_CHECK(largest > 0, where, ": the rotation is zero; remove the image from the model or run COLMAP again");
  Quaternion<double> q = {image.rotation[0] / largest, image.rotation[1] / largest, image.rotation[2] / largest,
                          image.rotation[3] / largest};
  return {RotationMatrix(q), {image.translation[0], image.translation[1], image.translation[2]}};
}

std::vector<PosedPhoto> MakePhotos(const std::vector<ColmapImage>& images, const CameraTable& cameras,
                                   const ModelFiles& files, const std::string& image_folder,
                                   std::vector<std::string>& warnings) {
  SPLAT_CHECK(!images.empty(), files.images, ": holds no images; copy the model again or run COLMAP again");
  std::vector<PosedPhoto> photos;
  for (const ColmapImage& image : images) {
    SPLAT_CHECK(!image.name.empty(), files.images, ": image ", image.id, " has no name");
    const std::string where = StrCat(files.images, ": image ", image.id, " ('", image.name, "')");
    const auto camera = cameras.find(image.camera_id);
    PosedPhoto& photo = photos.emplace_back();
    photo.name = image.name;
    photo.path = (fs::path(image_folder) / image.name).string();
    if (camera == cameras.end()) {
      photo.problem = StrCat(where, ": its camera ", image.camera_id, " is not in ", files.cameras,
                             "; the files are of different models");
    } else {
      photo.intrinsics = camera->second.intrinsics;
      photo.problem = camera->second.problem;
    }
    ReadOrSayWhy(photo, [&] { photo.camera_from_world = CheckedPose(image, where); });
    photo.observations = image.observations;
  }
  CheckAnyIsUsable(photos);
  SortAndKeepOneOfEachName(files.images, photos, warnings);
  return photos;
}

template <typename Record>
std::vector<Record> TakeRecords(ColmapFile<Record>&& file, std::vector<std::string>& warnings) {
  warnings.insert(warnings.end(), file.warnings.begin(), file.warnings.end());
  return std::move(file.records);
}

ColmapFile<ColmapPoint> ReadPointRecords(const std::string& path) {
  return HasExtension(path, ".bin") ? ReadBinaryPoints(path) : ReadTextPoints(path);
}

// The mean of the errors that are known, px; -1: none is.
double MeanError(const std::vector<ColmapPoint>& points) {
  double sum = 0;
  size_t known = 0;
  for (const ColmapPoint& point : points) {
    if (!(point.error_px >= 0) || !std::isfinite(point.error_px)) continue;
    sum += point.error_px;
    ++known;
  }
  return known > 0 ? sum / double(known) : -1;
}

// 0: of no photo.
double MedianLongerSide(const std::vector<PosedPhoto>& photos) {
  std::vector<int> sides;
  for (const PosedPhoto& photo : photos) {
    if (photo.problem.empty()) sides.push_back(std::max(photo.intrinsics.width, photo.intrinsics.height));
  }
  return sides.empty() ? 0 : Median(sides);
}

// Observations name points by COLMAP's ids: gives them the places of the points, and drops those of points that are not
// there.
void PlaceObservations(const std::map<uint64_t, uint64_t>& places, std::vector<PosedPhoto>& photos) {
  for (PosedPhoto& photo : photos) {
    std::vector<Observation> placed;
    for (Observation observation : photo.observations) {
      const auto place = places.find(observation.point);
      if (place == places.end() || !std::isfinite(observation.x) || !std::isfinite(observation.y)) continue;
      observation.point = place->second;
      placed.push_back(observation);
    }
    photo.observations = std::move(placed);
  }
}

void AddPoints(const std::string& path, SceneDescription& scene) {
  if (HasExtension(path, ".ply")) {
    PlaceObservations({}, scene.photos);
    AddPlyPoints(path, scene);
    if (scene.points.positions.empty()) scene.warnings.push_back(StrCat(path, ": holds no points"));
    return;
  }
  ColmapFile<ColmapPoint> file = ReadPointRecords(path);
  if (!file.damage.empty()) WarnOfPartOfPoints(file.damage, file.records.size(), scene);
  const std::vector<ColmapPoint> points = TakeRecords(std::move(file), scene.warnings);
  std::map<uint64_t, uint64_t> places;
  for (const ColmapPoint& point : points) {
    if (!IsHeldByFloats(point.position)) continue;
    places[point.id] = scene.points.positions.size();
    scene.points.positions.push_back(point.position);
    scene.points.colors.push_back(point.color);
  }
  if (!scene.points.positions.empty()) PlaceObservations(places, scene.photos);  // else another file may have them
  WarnOfPointsLeftOut(path, points.size() - scene.points.positions.size(), points.size(), scene);
  if (points.empty()) scene.warnings.push_back(StrCat(path, ": holds no points"));
  const double error_px = MeanError(points), side_px = MedianLongerSide(scene.photos);
  if (error_px > 0 && side_px > 0) scene.reprojection_error_px = error_px * kReprojectionSide_px / side_px;
}

// The count at the beginning of images.bin; the images themselves are not read.
uint64_t ReadBinaryImageCount(const std::string& path) {
  const std::string bytes = BeginningOf(path, sizeof(uint64_t));
  return bytes.size() == sizeof(uint64_t) ? FromLittleEndian<uint64_t>(bytes.data()) : 0;
}

}  // namespace

bool IsColmapModel(const std::string& folder) {
  return (HasPart(folder, "cameras", true) || HasPart(folder, "cameras", false)) &&
         (HasPart(folder, "images", true) || HasPart(folder, "images", false));
}

bool IsColmapPart(const std::string& file_name) {
  const std::string name = LowerAscii(file_name);
  for (const char* part : {"cameras", "images", "points3d", "rigs", "frames"}) {
    for (const char* extension : {".txt", ".bin"}) {
      if (name == std::string(part) + extension) return true;
    }
  }
  return false;
}

SceneDescription ReadColmapPhotos(const std::string& model_folder, const std::string& image_folder) {
  const ModelFiles files = FindFiles(model_folder);
  SceneDescription scene;
  scene.source = StrCat("COLMAP model ", model_folder,
                        files.binary_cameras != files.binary_images ? " (text and binary)"
                        : files.binary_images                       ? " (binary)"
                                                                    : " (text)");
  auto& warnings = scene.warnings;
  const auto cameras =
      TakeRecords(files.binary_cameras ? ReadBinaryCameras(files.cameras) : ReadTextCameras(files.cameras), warnings);
  const CameraTable camera_table = MakeCameraTable(cameras, files.cameras, warnings);
  const auto images =
      TakeRecords(files.binary_images ? ReadBinaryImages(files.images) : ReadTextImages(files.images), warnings);
  scene.photos = MakePhotos(images, camera_table, files, image_folder, warnings);
  return scene;
}

void AddColmapPoints(const std::string& model_folder, SceneDescription& scene) {
  const ModelFiles files = FindFiles(model_folder);
  for (const std::string& path : files.points) {
    try {
      AddPoints(path, scene);
    } catch (const Error& error) {
      WarnOfUnreadPoints(error, scene);
    }
    if (scene.points.positions.empty()) continue;
    if (path != files.points.front()) {
      scene.warnings.push_back(StrCat("the points are taken from ", path));
    } else if (HasExtension(path, ".ply")) {
      scene.warnings.push_back(StrCat(model_folder, ": has no points3D", ExtensionOf(files.binary_images),
                                      "; the points are taken from ", path));
    }
    return;
  }
  PlaceObservations({}, scene.photos);
  if (files.points.empty()) {
    scene.warnings.push_back(StrCat(model_folder, ": has no points3D", ExtensionOf(files.binary_images),
                                    " and no points3D.ply; the training starts from random points"));
  }
}

ColmapModelSummary SummarizeColmapModel(const std::string& model_folder) {
  const ModelFiles files = FindFiles(model_folder);
  ColmapModelSummary summary;
  summary.images =
      files.binary_images ? ReadBinaryImageCount(files.images) : ReadTextImages(files.images).records.size();
  if (files.points.empty() || HasExtension(files.points.front(), ".ply")) return summary;
  try {
    const ColmapFile<ColmapPoint> file = ReadPointRecords(files.points.front());
    summary.points = file.records.size();
    summary.mean_reprojection_error_px = std::max(0.0, MeanError(file.records));
    summary.damage = file.damage;
  } catch (const Error& error) {
    summary.damage = error.what();
  }
  return summary;
}

}  // namespace splat::data
