// This header reads and writes photos and other images: it decodes and encodes their files.
#pragma once

#include <string>

#include "core/image.h"

namespace splat::data {

struct DecodedPhoto {
  Image8 image;            // 3 channels, or 4 if the file has transparency
  bool truncated = false;  // the file ends early. The caller warns.
  bool damaged = false;    // of a truncated one: it does not end, but what follows is damaged
  int missing_rows = 0;    // of a truncated one, at the bottom: what stands there is no photo
};

// Decodes to 8 bits: 16-bit photos are divided by 257 with rounding, grey becomes three equal channels. Pixels are in
// the stored order: EXIF orientation is NOT applied (COLMAP does not either); see ApplyOrientation
// (exif_orientation.h). Throws splat::Error naming the file if it does not exist, is empty or is not a photo.
DecodedPhoto ReadPhoto(const std::string& path);

// The same, scaled down to `longer_side` px at most (the sides keep their ratio, rounded): for measurements that need
// little of a photo. Of JPEG, pixels are averaged while they are decoded, so that it takes a fraction of the time. Of a
// truncated photo the image is empty.
DecodedPhoto ReadReducedPhoto(const std::string& path, int longer_side);

// Returns the bytes of a PNG or JPEG (quality 95), by the extension of the path that they are for. Throws splat::Error.
std::string EncodeImage(const std::string& path, const Image8& image);
// Writes them, through a temporary name and a rename. Throws splat::Error.
void WriteImage(const std::string& path, const Image8& image);

}  // namespace splat::data
