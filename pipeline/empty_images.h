// Some images of a scene show nothing of it; this header finds them and words the message about them.
#pragma once

#include <vector>

#include "core/image.h"
#include "scene/named_camera.h"
#include "scene/splat_selection.h"

namespace splat::pipeline {

// Whether all cameras stand so far off that the scene would be a dot.
bool AreElsewhere(const std::vector<NamedCamera>& cameras, const SplatSelection& splats);

// Whether an image shows anything but one colour.
bool ShowsSomething(const Image8& image);

// What is said of images that show nothing, or from cameras that are elsewhere.
constexpr const char* kShowsNothing =
    "the images show next to nothing: the cameras are not in the frame of the scene, or look elsewhere; a scene that "
    "was moved needs the scene_transform.json of its run beside it";

}  // namespace splat::pipeline
