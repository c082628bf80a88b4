// This header applies the orientation of EXIF, 1..8 (1: as stored), to an image; data/photos/photo_exif.h reads it.
// data/dataset/dataset.h decides which photos are turned to fit their poses (View::rotate_to_model), and
// data/dataset/view_image.h turns them; docs/photos.md says why.
#pragma once

#include "core/image.h"

namespace splat::data {

// Rotates and mirrors an image as EXIF orientation 1..8 asks. Throws splat::Error for another number.
Image8 ApplyOrientation(const Image8& image, int exif_orientation);

}  // namespace splat::data
