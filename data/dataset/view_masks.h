// This header gives the photos of a training set their masks, and checks whether the masks can be used.
#pragma once

#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"
#include "data/photos/photo_masks.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Sets PosedPhoto::mask of all photos as DatasetOptions::masks and invert_masks say: under "auto" to the mask that the
// source of the poses names, if that file exists, or else to the one that was found by its name. `found` is
// FindMasks(folder, options.masks), whose warnings become the scene's. Masks that the source names and that do not
// exist add one.
void AttachMasks(const PhotoFolder& folder, const PhotoMasks& found, const DatasetOptions& options,
                 SceneDescription& scene);

// Reads all masks of the views once. Masks that cannot be used (ReadMask) are taken off their views, and the photos are
// trained whole; views of which nothing is kept are removed, with one warning for each case. One line says how many
// photos have a mask, where, how much is kept on average and which photos have none. A warning says so if they look
// inverted: most of them keep less than half, and less than half of the middle. Throws splat::Error if no view is left.
void UseMasks(std::vector<View>& views, Executor& executor, const LogSink& log);

// Throws splat::Error if View::alpha leaves nothing of any photo: all are transparent everywhere or, under
// AlphaUse::kMask, nowhere more opaque than transparent. Photos are read until one is not so, mostly the first.
void CheckTransparency(const std::vector<View>& views);

}  // namespace splat::data
