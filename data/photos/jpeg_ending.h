// This header finds where the data of a JPEG ends, for files that were cut off.
#pragma once

#include <cstddef>
#include <cstdint>

namespace splat::data {

struct JpegEnding {
  // The file ends before the end-of-image marker of the image itself. Data after that marker (a second image, a maker's
  // trailer) and thumbnails within EXIF do not matter.
  bool early = false;
  size_t usable_bytes = 0;  // all, or those before a segment that is not whole

  // A progressive file holds the image several times over, from coarse to fine; in every other file the rows follow
  // each other.
  bool progressive = false;
  bool lacks_colors = false;    // no scan of one of the colour components has begun
  bool in_coarse_scan = false;  // it ends within a scan that holds all there is of some rows
};

// `bytes` [size] are those of a JPEG.
JpegEnding FindJpegEnding(const uint8_t* bytes, size_t size);

}  // namespace splat::data
