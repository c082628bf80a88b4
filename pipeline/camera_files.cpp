#include "pipeline/camera_files.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "data/dataset/camera_sanity.h"
#include "data/dataset/scene_alignment.h"
#include "data/photos/undistort.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/pose_files.h"
#include "data/poses/pose_source.h"
#include "formats/inria_cameras.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

// The cameras as a training takes them. The points are for their check alone.
CameraSet FromPoses(data::PoseKind kind, const std::string& path) {
  const std::string photo_folder = kind == data::PoseKind::kColmap ? path : "";
  data::SceneDescription scene = data::ReadPosedPhotos(kind, path, photo_folder);
  CameraSet set;
  set.in_source_frame = true;
  set.warnings = scene.warnings;
  data::AddPosePoints(kind, path, scene);
  const auto warn = [&](LogLevel, const std::string& line) { set.warnings.push_back(line); };
  for (const data::PosedPhoto& photo : data::CheckCameras(scene, warn)) {
    NamedCamera named;
    named.name = photo.name;
    named.camera = data::UndistortedCamera(photo.intrinsics);
    named.camera.camera_from_world = photo.camera_from_world;
    named.split = photo.split.value_or(Split::kTrain);
    set.cameras.push_back(named);
  }
  return set;
}

}  // namespace

CameraSet ReadCameras(const std::string& path) {
  SPLAT_CHECK(fs::exists(path), path, ": does not exist");
  if (!fs::is_directory(path)) {
    if (!formats::IsInriaCameras(path)) return FromPoses(data::PoseKindOfFile(path), path);
    CameraSet set;
    set.cameras =
        formats::ReadInriaCameras(path, [&](LogLevel, const std::string& line) { set.warnings.push_back(line); });
    return set;
  }
  if (data::IsColmapModel(path)) return FromPoses(data::PoseKind::kColmap, path);
  const auto found = data::FindPoses(path);
  SPLAT_CHECK(found.has_value(), path, ": holds no poses; give the cameras.json of a run, ", data::kKindsOfPoses);
  return ReadCameras(*found);
}

std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene) {
  std::vector<NamedCamera> moved = cameras;
  for (NamedCamera& named : moved) {
    Rigid3& pose = named.camera.camera_from_world;
    pose = data::AlignPose(pose, Inverse(source_from_scene));
  }
  return moved;
}

}  // namespace splat::pipeline
