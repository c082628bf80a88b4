// Both writers of COLMAP models (data/poses/colmap_writer.h) begin with this: the cameras that photos share, and the
// folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/poses/scene_description.h"

namespace splat::data {

// Returns the camera as one of COLMAP's models. Throws splat::Error naming the photo for intrinsics of photogrammetry's
// model that no model of COLMAP can express.
Intrinsics AsColmapCamera(const Intrinsics& camera, const std::string& photo);

struct ColmapCameras {
  std::vector<Intrinsics> cameras;  // those that differ, in the order of their first photos; COLMAP's ids count from 1
  std::vector<size_t> of_photo;     // [photos] the place of each photo's camera in `cameras`
};

// Returns the photos' cameras as AsColmapCamera gives them, and throws as it does. Equal ones are shared.
ColmapCameras SharedCameras(const std::vector<PosedPhoto>& photos);

// Makes the folder of a model and its parent folders if they are missing. Throws splat::Error naming it.
void MakeModelFolder(const std::string& folder);

}  // namespace splat::data
