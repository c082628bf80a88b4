// This header finds which mask belongs to which photo, by their names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/photos/photo_folder.h"

namespace splat::data {

struct PhotoMasks {
  std::map<std::string, std::string> of_photo;  // by the photo's name in PhotoFolder::names: the path of its mask
  std::vector<std::string> warnings;
};

// The mask among `masks` of each of `photos`: index, or -1. Both are relative to folders that correspond; folders that
// hold masks are passed over in the names of masks. A photo "sub/a.jpg" has, in any case and with any extension of an
// image, "sub/a.png", or else "sub/a.jpg.png", or else "sub/a_mask.png"; of several such ("sub/a.tif",
// "sub/masks/a.png") the one with the shortest name as given, then the first in the order of bytes. For photos without
// any of these, extensions, folders and marks of masks (WithoutMaskMark) are taken off all names, and a mask belongs to
// a photo if both alone have what is left.
std::vector<int> MatchMasks(const std::vector<std::string>& photos, const std::vector<std::string>& masks);

// `asked` is "auto", "off" or a folder. Under "auto" the masks are those among the photos (PhotoFolder::masks), or in a
// mask folder (IsMaskFolder; not ..._masks of another name) beside the folder of the photos, or in that mask folder's
// child of the same name as the photos' folder, wherever most photos have one. There are none, with a warning, if none
// of them belongs to a photo. Masks beside those that were found that belong to no photo are a warning, too.
// Throws splat::Error for a folder that was asked for and does not exist, or has no mask of a photo.
PhotoMasks FindMasks(const PhotoFolder& photos, const std::string& asked);

}  // namespace splat::data
