// This header writes the masks of photos as COLMAP wants them.
#pragma once

#include <string>
#include <vector>

#include "core/parallel.h"
#include "data/photos/mask_image.h"
#include "data/sfm/camera_groups.h"
#include "data/sfm/sfm_workspace.h"

namespace splat::data {

// Names, sizes and times of the masks, and how they are read, boiled down to a short text; empty where there are none.
std::string MasksKey(const std::vector<SfmPhoto>& photos, const MasksOfPhotos& masks);

// Writes colmap_masks/<name of the photo>.png into the workspace for each photo that has a mask which drops a part of
// it, in the size of the photo as stored: COLMAP silently removes the features beyond the edges of a smaller one.
// Returns the folder; an empty text where no photo has such a mask. Masks that cannot be used, and those that keep
// nothing, are skipped: COLMAP looks for features everywhere in their photos. Throws splat::Error if the folder cannot
// be written.
std::string WriteColmapMasks(const std::string& image_folder, const std::vector<SfmPhoto>& photos,
                             const MasksOfPhotos& masks, const SfmWorkspace& workspace, Executor& executor);

}  // namespace splat::data
