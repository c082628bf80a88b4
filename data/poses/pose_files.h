// This header puts the readers of everything that holds poses behind one interface.
#pragma once

#include <cstddef>
#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

enum class PoseKind {
  kColmap,          // a folder with a model
  kTransforms,      // transforms.json
  kMetashape,       // cameras as XML
  kRealityCapture,  // camera parameters as CSV
  kBundler,         // bundle.out with its list
  kLlff,            // poses_bounds.npy
};

// This text says what a path of poses may be, for messages and help texts.
constexpr const char* kKindsOfPoses =
    "a COLMAP model folder, a transforms.json, LLFF's poses_bounds.npy, a Bundler file (.out), or cameras that "
    "Metashape (XML) or RealityCapture (CSV) exported";

// How much of a file of text is read to tell whether it holds poses.
constexpr size_t kPosesBeginWithin_bytes = 4096;

// Tells the kind by the name of a file.
PoseKind PoseKindOfFile(const std::string& path);

// Whether the file holds poses, by its name and its beginning. Returns false for a transforms.json, whose name is
// enough.
bool IsExportOfCameras(const std::string& path);

// Reads the photos, and also the points if they lie in the same file (AddPosePoints reads the others). Throws
// splat::Error naming file and entry.
SceneDescription ReadPosedPhotos(PoseKind kind, const std::string& path, const std::string& image_folder);

// Adds the points that lie with the poses to what ReadPosedPhotos read.
void AddPosePoints(PoseKind kind, const std::string& path, SceneDescription& scene);

}  // namespace splat::data
