// This header reads what can be learnt of a photo file without decoding it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "data/photos/photo_exif.h"

namespace splat::data {

enum class PhotoFormat { kJpeg, kPng, kTiff, kWebp };

struct PhotoHeader {
  PhotoFormat format = PhotoFormat::kJpeg;
  int width = 0, height = 0;  // px as stored
  PhotoExif exif;             // of JPEG, PNG and WebP; of a TIFF its own tag of the orientation, and the exposure
  int bits = 8;               // a sample; 8 also where there are fewer
  std::string refusal;        // why the decoder cannot be trusted with this kind of file and what to do; empty: it can
  bool complete = true;       // PNG, WebP: false if the file is shorter than it says. JPEG and TIFF are not examined
};

// Reads what is needed from the start of `stream` and skips the rest. The format is told by the signature, not by the
// name. Returns nothing if the file is in none of the four formats or its header is broken. The stream's position and
// state are unspecified afterwards.
std::optional<PhotoHeader> ReadPhotoHeader(std::istream& stream);

}  // namespace splat::data
