// This header chooses the cameras from which splat-render and splat-eval draw a scene.
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
// cameras become pinhole cameras as in training, and those that cannot be right are treated as camera_sanity.h says.
// Photos need not exist. Throws splat::Error naming the file.
CameraSet ReadCameras(const std::string& path);

// Returns the cameras in the frame of a scene, given the frame of their source.
std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene);

// Returns OrbitCameras (scene/orbit.h) of a model, in its frame, level where the scene is upright, if its own frame is
// not. They stand where `photos`, cameras in the frame of the model, stand around what they look at; and around all of
// the scene where there are none, or those look at no point in common (WhereAxesMeetClosely). Throws splat::Error for
// an empty model.
std::vector<NamedCamera> OrbitCameras(const SplatModel& model, const std::vector<NamedCamera>& photos, int count,
                                      int width, const std::optional<Similarity3>& upright_from_scene = std::nullopt);

}  // namespace splat::apps
