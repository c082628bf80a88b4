// This header writes the EXIF that a camera notes beside its image.
#pragma once

#include <string>

namespace splat::capture {

struct ExifTags {
  std::string make, model;
  int width = 0, height = 0;  // px, as stored
  int orientation = 1;        // 1..8
  double focal_length_mm = 0;
  int focal_length_35mm = 0;  // mm on a 36 x 24 mm film with the same angle across the diagonal, rounded
  double exposure_time_s = 0, f_number = 0;
  int iso = 0;
};

// Returns the bytes of a JPEG with an EXIF segment put in front of its others. Throws splat::Error if `jpeg` does not
// begin as a JPEG does.
std::string WithExif(const std::string& jpeg, const ExifTags& tags);

}  // namespace splat::capture
