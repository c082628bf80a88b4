// This header decides which photos of a set were taken by one camera with one lens setting, and which camera model each
// group gets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/sfm/sfm.h"

namespace splat::data {

// This is what structure from motion needs to know about a photo file without decoding it.
struct SfmPhoto {
  std::string name;      // relative to the photo folder
  uint64_t bytes = 0;    // file size
  int64_t modified = 0;  // the file system's modification time, any unit
  int width = 0;         // px as stored; 0: the file is no photo that can be read
  int height = 0;
  int bits = 8;        // a sample
  std::string camera;  // EXIF make, model and focal length; empty where there is no EXIF
};

std::vector<SfmPhoto> DescribePhotos(const std::string& folder, const std::vector<std::string>& names);

// Photos that are extracted by one call of COLMAP's feature_extractor.
struct CameraGroup {
  std::string model;               // COLMAP's name
  bool shared = false;             // one camera for all of them; else one per photo
  std::vector<std::string> names;  // sorted
};

// From this number of photos on, a shared camera is given OPENCV's two focal lengths and four distortion parameters;
// fewer photos may not determine them (banana, 16 photos: neither model places more photos than the other).
constexpr size_t kPhotosForOpenCvModel = 25;

// Under single_camera "auto" photos of one size and one EXIF camera share a camera, and photos that are alone get their
// own. Under "yes" all photos share one; splat::Error, naming two photos, is thrown if the sizes differ. Under "no"
// each photo has its own. The camera_model "auto" is OPENCV for a shared camera of at least kPhotosForOpenCvModel
// photos, and SIMPLE_RADIAL otherwise. Photos with width 0 are skipped. COLMAP ignores EXIF orientation: a portrait
// photo that is stored as landscape belongs with the landscape ones.
std::vector<CameraGroup> GroupByCamera(const std::vector<SfmPhoto>& photos, const SfmOptions& options);

}  // namespace splat::data
