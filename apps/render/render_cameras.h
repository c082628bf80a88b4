// The cameras that splat-render renders from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/rigid3.h"
#include "formats/inria_cameras.h"
#include "rasterizer/torch/splat_model.h"

namespace splat::apps {

struct CameraSet {
  std::vector<NamedCamera> cameras;
  bool in_source_frame = false;  // of a COLMAP model or transforms.json, not of the scene
  std::vector<std::string> warnings;
};

// Reads the cameras of a cameras.json (Inria's, in the frame of the scene), a COLMAP model folder or a transforms.json
// (in their own frame). They are told apart by their content; other folders are searched as FindPoses says. Distorted
// cameras become pinhole cameras as in training. Photos need not exist. Throws splat::Error naming the file.
CameraSet ReadCameras(const std::string& path);

// Returns the cameras in the frame of a scene, given the frame of their source.
std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene);

// OrbitCameras (scene/orbit.h) around a model, in its frame; level where the scene is upright, if its own frame is not.
// Throws splat::Error for an empty model.
std::vector<NamedCamera> OrbitCameras(const SplatModel& model, int count, int width,
                                      const std::optional<Similarity3>& upright_from_scene = std::nullopt);

}  // namespace splat::apps
