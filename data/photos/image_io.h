// Decoding, encoding and resizing of photos, and their EXIF. Only the sources of this header and of undistort.h include
// OpenCV.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/image.h"

namespace splat::data {

// The orientation is that of EXIF, or of TIFF's own tag: 1..8 (1: as stored). Absent or broken it is 1.
struct PhotoInfo {
  int width = 0, height = 0;  // px as stored, before any rotation
  int exif_orientation = 1;
  int bits = 8;  // a sample
};

// Lists the files in `folder` and below it with a photo's extension (jpg, jpeg, png, tif, tiff, webp; in any case). The
// names are relative and sorted bytewise. Hidden files are passed over. Throws splat::Error if the folder does not
// exist.
std::vector<std::string> ListPhotos(const std::string& folder);

// Reads size and orientation from the file's header (about 0.1 ms). The format is told by the content, not by the name.
// Throws splat::Error naming the file if it is missing, empty, no JPEG, PNG, TIFF or WebP, or a PNG or WebP that ends
// early ("is not a photo that can be read"). Broken pixel data shows only in ReadPhoto.
PhotoInfo ReadPhotoInfo(const std::string& path);

struct DecodedPhoto {
  Image8 image;            // 3 channels, or 4 if the file has transparency
  bool truncated = false;  // the file ends early. The caller warns.
  int missing_rows = 0;    // of a truncated one, at the bottom: what stands there is no photo
};

// Decodes to 8 bits: 16-bit photos are divided by 257 with rounding, grey becomes three equal channels. Pixels are in
// the stored order: EXIF orientation is NOT applied (COLMAP does not either); see ApplyOrientation. Throws splat::Error
// naming the file if it does not exist, is empty or is no photo.
DecodedPhoto ReadPhoto(const std::string& path);

// Rotates and mirrors an image as EXIF orientation 1..8 asks.
Image8 ApplyOrientation(const Image8& image, int exif_orientation);

// Composites an image with 4 channels on a background (0..1 per channel); 3 channels pass through.
Image8 CompositeOnBackground(const Image8& image, const float background[3]);

// Resizes by area-averaging where the result is smaller, and bicubically where it is larger.
Image8 ResizeImage(const Image8& image, int width, int height);

// Writes PNG or JPEG (quality 95) by extension, through a temporary name and a rename. Throws splat::Error.
void WriteImage(const std::string& path, const Image8& image);

}  // namespace splat::data
