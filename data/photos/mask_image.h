// A mask is an image that says which parts of a photo count.
#pragma once

#include <map>
#include <string>

#include "core/image.h"
#include "data/photos/photo_files.h"

namespace splat::data {

// A photo mask says where the mask of a photo is.
struct PhotoMask {
  std::string path;       // empty: there is none, and all of the photo counts
  bool inverted = false;  // what is white is dropped
  bool is_photo = false;  // `path` is the photo, and its transparency the mask
};

// The masks are listed by the photo's name.
using MasksOfPhotos = std::map<std::string, PhotoMask>;

// The part of a photo that is more opaque than transparent, as a mask in its size; all of it if it has no transparency.
Image8 OpaquePart(const Image8& photo);

// Returns what remains of a mask after resampling: a pixel is excluded if a part of it is.
Image8 WhollyKept(Image8 resampled);

// Reads a mask: 1 channel of 255 (kept) and 0, of any size, in the order in which the photo's pixels are stored. Kept
// is what is above half of white, in the brightest of the colours; in a file without anything that bright, all that is
// not black. Where a mask has a transparency that differs from place to place, that is the mask and the colours are
// not. Of a photo (PhotoMask::is_photo), OpaquePart is kept. A mask with the aspect of the photo as EXIF turns it is
// turned back. Throws splat::Error, naming the file, where it cannot be read, ends early, has another aspect than the
// photo, or shows an image.
Image8 ReadMask(const PhotoMask& mask, const PhotoInfo& photo);

// The share says how much of a mask is kept, 0..1.
struct MaskShare {
  double all = 0;
  double middle = 0;  // of the middle third of each side
};
MaskShare ShareKept(const Image8& mask);

}  // namespace splat::data
