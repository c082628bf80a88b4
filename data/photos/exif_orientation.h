// The orientation of EXIF, 1..8 (1: as stored): read from a photo's EXIF, and applied to its image.
// data/dataset/dataset.h decides which photos are turned to fit their poses (View::rotate_to_model), and
// data/dataset/view_image.h turns them; docs/photos.md says why.
#pragma once

#include <cstdint>
#include <vector>

#include "core/image.h"

namespace splat::data {

// Returns the orientation in an APP1 segment of JPEG, which may or may not be EXIF, and 1 where there is none or a
// broken one. PNG and WebP have such a segment without its first 6 bytes, "Exif\0\0".
int ExifOrientation(const std::vector<uint8_t>& segment);

// Rotates and mirrors an image as EXIF orientation 1..8 asks. Throws splat::Error for another number.
Image8 ApplyOrientation(const Image8& image, int exif_orientation);

}  // namespace splat::data
