// Which files of a folder are the photos that were asked for, and which are masks or other images that belong to them.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

struct PhotoFolder {
  std::string given;               // as asked for; photos outside of it are not trained on
  std::string path;                // what the names of the photos are relative to: `given`, or a folder in it
  std::vector<std::string> names;  // of the photos, sorted
  std::vector<std::string> masks;  // of masks, depth and normal images among them
  std::vector<std::string> left;   // photos and folders of photos beside `path` in `given`, for messages
};

// Parts names of files, relative to one folder, in photos and images that only belong to photos: those in a folder
// named masks, mask, masks_N, segmentation, dynamic_masks, depth(s) or normals if other photos lie beside it, and
// "a_mask.png", "a.mask.png" and "a.jpg.png" beside "a.jpg".
struct PhotosAndMasks {
  std::vector<std::string> photos, masks;
};
PhotosAndMasks SplitOffMasks(const std::vector<std::string>& names);

// Lists the photos of `folder`. They lie in it, or in its child "images" or "input", or else in the first of images_2,
// images_4 and images_8, if the child holds more photos than lie directly in `folder`; failing those, in its other
// subfolders. Throws splat::Error if there are none ("holds no photos").
PhotoFolder OpenPhotoFolder(const std::string& folder);

// The path of the photo that a source of poses names without an extension: `path` itself if that is a file, or else
// with .png, .jpg, ... whichever exists; `path` where none does.
std::string WithExtension(const std::string& path);

}  // namespace splat::data
