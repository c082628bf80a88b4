// The file scene_transform.json holds the way from the frame of a scene back to that of its poses, and where its views
// begin.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/rigid3.h"
#include "scene/splat_selection.h"

namespace splat::formats {

struct SceneTransform {
  Similarity3 source_from_scene;  // x_source = source_from_scene * x_scene, with lengths in the units of either frame
  std::optional<double> near;     // of the views that the scene was trained on, scene units; older files lack it
  // The way to a frame that is upright (up is -y) and of usual size, where the scene's is not.
  std::optional<Similarity3> upright_from_scene;
};

// `source` tells people what the poses were read from. The file appears whole or not at all. Throws splat::Error.
void WriteSceneTransform(const std::string& path, const SceneTransform& transform, const std::string& source);

// Throws splat::Error naming the file.
SceneTransform ReadSceneTransform(const std::string& path);

// Returns the transform that lies beside a scene file; nothing if there is none. Throws splat::Error naming the file.
std::optional<SceneTransform> SceneTransformBeside(const std::string& scene);

// Returns where views of a scene begin, in its units: what its transform says, if there is one that does, or else what
// NearPlaneFor (scene/near_plane.h) makes of cameras and splats. There must be a camera.
double NearPlaneOf(const std::optional<SceneTransform>& transform, const std::vector<Camera>& cameras,
                   const SplatSelection& splats);

}  // namespace splat::formats
