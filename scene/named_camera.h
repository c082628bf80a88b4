// A named camera is a camera of a scene with the name of its photo and the split of the set that it belongs to.
#pragma once

#include <string>

#include "core/camera.h"

namespace splat {

enum class Split { kTrain, kTest };

// A camera with the name of its photo.
struct NamedCamera {
  std::string name;
  Camera camera;  // in the frame of the scene
  Split split = Split::kTrain;
};

}  // namespace splat
