// This header reads what is used of a photo's EXIF: orientation, camera and exposure. Nothing else reads EXIF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/photos/exif_exposure.h"

namespace splat::data {

struct PhotoExif {
  int orientation = 1;        // 1..8 (1: as stored, also where EXIF does not say or is broken)
  std::string camera;         // make, model and focal length as text; empty where none of them is there
  ExposureSettings exposure;  // as noted, also where it makes no sense (ExposureStops tells)
};

// Reads an APP1 segment of JPEG: "Exif\0\0" and a TIFF structure. PNG and WebP have such a segment without its first 6
// bytes. Nothing if it is not EXIF (XMP is in such segments, too); what is broken in it is as if it were not there.
std::optional<PhotoExif> ParseExif(const std::vector<uint8_t>& segment);

}  // namespace splat::data
