// This is the one place that decides which photos, poses, points and masks belong together, by names and by sizes, from
// everything that lies with the photos (--images DIR --poses auto|sfm|PATH). docs/inputs.md has the table of layouts.
#pragma once

#include <optional>
#include <string>

#include "data/photos/photo_folder.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// A choice says what was decided.
struct PoseChoice {
  std::optional<SceneDescription> scene;  // of the photos that were asked for, with points; nothing: SfM must run
  std::string summary;                    // one line: what was taken, and what was left and why
};

// Chooses among the poses that lie in the folder of the photos, its parent and the parent's parent (pose_places.h):
// those whose names are the photos' go first, then those whose cameras have exactly the photos' size, then sizes with
// one common factor, then the order of the places; among several models of one sparse/ the one with more photos goes
// first, and among equals the one with more points. Poses of other photos are not used, and neither are poses that
// cannot be read if others can be used. Where no name is the same, as many photos are paired as renamed_photos.h says
// if the source's own photos are not there and the folder is named images... or input, or has scaled-down photos
// (LLFF's images_4). Poses without names (poses_bounds.npy) go with all photos of a folder so named, or of their own
// folder, in sorted order. Throws splat::Error where the only poses that lie there cannot be read.
PoseChoice ChoosePoses(const PhotoFolder& photos);

// Reads the poses at `path`, a COLMAP model folder, a transforms.json, LLFF's poses_bounds.npy, cameras that Metashape
// or RealityCapture exported or a folder that holds such, for these photos; among several in a folder the one that
// ChoosePoses would take. The result always has a scene. Each photo is looked for by its name as photo_matching.h says,
// and then, within photos.given or for held-out photos, where the source says. If none is found but there are as many
// photos, they are paired as renamed_photos.h says with a warning, unless the source's own photos lie elsewhere. Photos
// that are missing are left out with a warning naming them; if none is left: splat::Error. Sizes that do not fit are a
// warning.
PoseChoice ChoosePosesAt(const std::string& path, const PhotoFolder& photos);

// Returns the first poses in `folder` or its parent, whichever photos there are; nothing if there are no poses.
std::optional<std::string> FindPoses(const std::string& folder);

}  // namespace splat::data
