// This header compares the sizes of photos with those that their cameras were calibrated for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/photos/photo_files.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// The better fit first.
enum class SizeFit {
  kExact,    // every photo has its camera's size, as stored or after EXIF's rotation
  kScaled,   // all are smaller or larger by one common factor, as images_4 is
  kUnknown,  // no photo can be read
  kOther,    // sizes differ otherwise, or a little: such photos are another version, undistorted or cropped
};

// Reads headers of photos, each once.
class PhotoSizes {
 public:
  // The size as stored, turned by EXIF if the camera's is of the other format; zero if the photo cannot be read.
  PhotoInfo SizeFor(const PosedPhoto& photo);

 private:
  std::map<std::string, PhotoInfo> read_;
};

struct SizeAgreement {
  SizeFit fit = SizeFit::kUnknown;
  bool mostly_exact = false;  // more than half of the photos have exactly their camera's size
  std::string example;        // of kOther: "a.png is 320x240 px, its camera 322x241 px"
};
SizeAgreement CompareSizes(const std::vector<PosedPhoto>& photos, PhotoSizes& sizes);

}  // namespace splat::data
