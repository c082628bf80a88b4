#include "data/poses/pose_files.h"

#include <filesystem>

#include "data/poses/bundler_reader.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/export_points.h"
#include "data/poses/llff_reader.h"
#include "data/poses/metashape_reader.h"
#include "data/poses/reality_capture_reader.h"
#include "data/poses/transforms_reader.h"
#include "io/text_scan.h"

namespace splat::data {

PoseKind PoseKindOfFile(const std::string& path) {
  const std::string extension = LowerAscii(std::filesystem::path(path).extension().string());
  return extension == ".xml"   ? PoseKind::kMetashape
         : extension == ".csv" ? PoseKind::kRealityCapture
         : extension == ".out" ? PoseKind::kBundler
         : extension == ".npy" ? PoseKind::kLlff
                               : PoseKind::kTransforms;
}

bool IsExportOfCameras(const std::string& path) {
  const PoseKind kind = PoseKindOfFile(path);
  return (kind == PoseKind::kMetashape && IsMetashapeXml(path)) ||
         (kind == PoseKind::kRealityCapture && IsRealityCaptureCsv(path)) ||
         (kind == PoseKind::kBundler && IsBundlerFile(path));
}

SceneDescription ReadPosedPhotos(PoseKind kind, const std::string& path, const std::string& image_folder) {
  switch (kind) {
    case PoseKind::kColmap:
      return ReadColmapPhotos(path, image_folder);
    case PoseKind::kTransforms:
      return ReadTransforms(path, image_folder);
    case PoseKind::kMetashape:
      return ReadMetashape(path, image_folder);
    case PoseKind::kRealityCapture:
      return ReadRealityCapture(path, image_folder);
    case PoseKind::kBundler:
      return ReadBundler(path, image_folder);
    case PoseKind::kLlff:
      return ReadLlff(path);
  }
  return {};
}

void AddPosePoints(PoseKind kind, const std::string& path, SceneDescription& scene) {
  if (kind == PoseKind::kColmap) AddColmapPoints(path, scene);
  if (kind == PoseKind::kLlff) {
    scene.warnings.push_back(path + ": has no points; the training starts from random points");
  }
  if (kind == PoseKind::kMetashape || kind == PoseKind::kRealityCapture) AddExportedPoints(path, scene);
}

}  // namespace splat::data
