// The cameras that splat-render and splat-eval draw a scene from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/rigid3.h"
#include "formats/inria_cameras.h"
#include "rasterizer/torch/splat_model.h"
#include "scene/splat_selection.h"

namespace splat::apps {

struct CameraSet {
  std::vector<NamedCamera> cameras;
  bool in_source_frame = false;  // of a COLMAP model or transforms.json, not of the scene
  std::vector<std::string> warnings;
};

// Reads the cameras of a cameras.json (Inria's, in the frame of the scene), a COLMAP model folder or a transforms.json
// (in their own frame). They are told apart by their content; other folders are searched as FindPoses says. Distorted
// cameras become pinhole cameras as in training, and those that cannot be meant so are treated as camera_sanity.h says.
// Photos need not exist. Throws splat::Error naming the file.
CameraSet ReadCameras(const std::string& path);

// Returns the cameras in the frame of a scene, given the frame of their source.
std::vector<NamedCamera> InSceneFrame(const std::vector<NamedCamera>& cameras, const Similarity3& source_from_scene);

// OrbitCameras (scene/orbit.h) around a model, in its frame; level where the scene is upright, if its own frame is not.
// Throws splat::Error for an empty model.
std::vector<NamedCamera> OrbitCameras(const SplatModel& model, int count, int width,
                                      const std::optional<Similarity3>& upright_from_scene = std::nullopt);

// Whether all cameras stand so far off that the scene would be a dot.
bool AreElsewhere(const std::vector<NamedCamera>& cameras, const SplatSelection& splats);

// Whether an image shows anything but one colour.
bool ShowsSomething(const Image8& image);

// What is said of images that show nothing, or from cameras that are elsewhere.
constexpr const char* kShowsNothing =
    "the images show next to nothing: the cameras are not in the frame of the scene, or look elsewhere; a scene that "
    "was moved needs the scene_transform.json of its run beside it";

}  // namespace splat::apps
