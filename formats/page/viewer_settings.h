// This header computes where a viewer opens a scene, and the way its camera can take through it: from the training
// cameras, or without them from the splats. It writes them as settings of the SuperSplat viewer.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/rigid3.h"
#include "scene/splat_selection.h"

namespace splat::formats {

// A camera in the scene's frame (RDF) and units. Viewers keep the horizon level: up is -y.
struct ViewerCamera {
  Vec3<double> position = {0, 0, -4};
  Vec3<double> target = {0, 0, 0};  // what it looks at, and turns about; not the position
  double fov_deg = 60;              // angle of view of the image's longer side
};

struct ViewerSettings {
  ViewerCamera start;
  // The path of a fly-through is empty or has at least two cameras, of which the first is `start`. `times_s` says when
  // each is passed, ascending from 0.
  std::vector<ViewerCamera> path;
  std::vector<double> times_s;
  double duration_s = 0;
  bool closed = false;  // from the last camera on to the first, at duration_s; else back the way it came
  // The way back from the frame of a page that has one of its own.
  std::optional<Similarity3> scene_from_page = std::nullopt;
};

// The viewer treats lengths of less than a hundredth as 0. If it would start at such a distance from what it looks at
// that these lengths matter, a page needs a unit of its own. Returns this unit as a power of ten of the scene's, or
// else 1.
double PageUnit(const ViewerSettings& settings);
// Returns the settings of a page in a frame of its own.
ViewerSettings InPageFrame(const ViewerSettings& settings, const Similarity3& page_from_scene);

// The page opens at the first camera, looks at the median depth of the splats that it sees, and flies through all
// cameras, at most 60. It takes them in the order of the list if that is a path (photos of a walk, frames of a film),
// and on a short way through them otherwise (photos in no order). There must be at least one camera.
ViewerSettings SettingsFromCameras(const std::vector<Camera>& cameras, const SplatSelection& splats);

// The page looks level and a little down at the middle of most splats, from where they fill the image. There is no
// path.
ViewerSettings SettingsFromSplats(const SplatSelection& splats);

// Returns the settings as JSON of the SuperSplat viewer, version 2. They are in its frame, which is RDF turned by 180
// degrees about z; colours stay as they are, without tone mapping, and the background is black if there is none. The
// text has no '<' and so fits into a <script> of a page.
std::string SuperSplatSettings(const ViewerSettings& settings, const std::optional<Rgb>& background);

}  // namespace splat::formats
