// This header reads the cameras that a user names, from which a scene is drawn: those of a run, or any kind of poses.
#pragma once

#include <string>
#include <vector>

#include "core/rigid3.h"
#include "scene/named_camera.h"

namespace splat::pipeline {

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

}  // namespace splat::pipeline
