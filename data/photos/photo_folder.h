// This header tells which files of a folder are the photos that were asked for, and which are masks or other images
// that belong to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace splat::data {

struct PhotoFolder {
  std::string given;                     // as asked for; photos outside of it are not trained on
  std::string path;                      // what the names of the photos are relative to: `given`, or a folder in it
  std::vector<std::string> names;        // of the photos, sorted
  std::vector<std::string> masks;        // of images among them that are masks by their names
  std::vector<std::string> left;         // photos and folders of photos beside `path` in `given`, for messages
  std::vector<std::string> others = {};  // of depth images, renders of earlier runs and the like among them
};

// The folder of a workspace in which masks lie as COLMAP wants them; never taken for masks or photos.
constexpr const char* kColmapMaskFolder = "colmap_masks";

// Whether a folder of this name holds masks of photos: mask, masks, dynamic_masks, segmentation(s), ..._mask(s),
// masks_N; in any case.
bool IsMaskFolder(const std::string& name);

// Whose masks a mask folder holds by its name, in lower case: "fox" for fox_masks; empty for names that say nothing of
// it, such as masks, masks_2 and dynamic_masks.
std::string OwnerOfMaskFolder(const std::string& name);

// The name of a file, without extension, without the mark of a mask at its end ("_mask", ".mask", "-mask", also masks)
// or else at its beginning ("mask_", "mask-"), in any case; nothing where it has none.
std::optional<std::string> WithoutMaskMark(const std::string& stem);

// Parts names of files, relative to one folder, in photos and images that only belong to photos. Masks are those in a
// mask folder if other photos lie outside of it, those marked as masks ("a_mask.png" beside "a.jpg", WithoutMaskMark)
// and "a.jpg.png" beside "a.jpg". Other images are those in a folder named semantics, alpha, depth(s), normals,
// thumbnails or @eaDir, "a_depth.png" and the like (also normal, seg, segmentation, alpha) beside "a.jpg", and
// "images_2/a.jpg" beside "a.jpg".
struct PhotosAndMasks {
  std::vector<std::string> photos, masks, others;
};
PhotosAndMasks SplitOffMasks(const std::vector<std::string>& names);

// The photos of a folder and below it; what an earlier run of splat-train wrote there stands among the others.
PhotosAndMasks ListPhotosAndMasks(const std::string& folder);

// Lists the photos of `folder`. They lie in it, or in its child "images" or "input", or else in the first of images_2,
// images_4 and images_8, if the child holds more photos than lie directly in `folder`; failing those, in its other
// subfolders. Throws splat::Error if there are none ("holds no photos").
PhotoFolder OpenPhotoFolder(const std::string& folder);

// The path of the file in `folder` that a source of poses means by a name: the name itself, or, if it ends in no
// extension of a photo, with .png, .jpg, ... whichever exists; or else the same of the name with "%20" and the like
// decoded. The path of the name itself where none of these is a file.
std::string FileNamed(const std::string& folder, const std::string& name);

}  // namespace splat::data
