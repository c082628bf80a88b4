// This header finds photos that were stored turned although their poses are of the upright image, where sizes do not
// tell.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Poses are of the pixels as they are stored, or of the image as EXIF turns it. Where the orientation makes a landscape
// format a portrait one, the size of the camera tells; this is for the others: those turned by 180 degrees or mirrored,
// and square ones. Of all views of one orientation up to 20 are decoded at reduced size, and if the colours of the
// points agree with the photos once they are turned, and by far better than as stored, all of them are turned
// (View::rotate_to_model), with a warning. The points are in the frame of the views' cameras. Without points, or with
// some that tell nothing, photos stay as they are stored.
void TurnPhotosToPoints(const std::string& source, const PointCloud& points, std::vector<View>& views,
                        Executor& executor, const LogSink& log);

}  // namespace splat::data
