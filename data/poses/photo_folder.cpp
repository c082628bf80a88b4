#include "data/poses/photo_folder.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/check.h"
#include "data/photos/folder_files.h"
#include "data/photos/photo_files.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

bool IsMaskFolder(const std::string& name) {
  const std::string lower = LowerAscii(name);
  for (const char* known : {"mask", "masks", "segmentation", "segmentations", "dynamic_masks", "depth", "depths",
                            "depth_maps", "normal", "normals"}) {
    if (lower == known) return true;
  }
  return lower.rfind("masks_", 0) == 0 || lower.rfind("depths_", 0) == 0 || lower.rfind("normals_", 0) == 0;
}

bool LiesInMaskFolder(const std::string& name) {
  const fs::path parent = fs::path(name).parent_path();
  return std::any_of(parent.begin(), parent.end(), [](const fs::path& part) { return IsMaskFolder(part.string()); });
}

// Whether a photo of `names` or `stems` has this one as its mask by name.
bool IsNamedMask(const std::string& name, const std::set<std::string>& names, const std::set<std::string>& stems) {
  const std::string stem = (fs::path(name).parent_path() / fs::path(name).stem()).generic_string();
  if (names.count(stem)) return true;  // "a.jpg.png"
  for (const std::string mark : {"_mask", ".mask", "-mask"}) {
    if (stem.size() <= mark.size() || LowerAscii(stem.substr(stem.size() - mark.size())) != mark) continue;
    const std::string photo = stem.substr(0, stem.size() - mark.size());
    if (stems.count(photo) || names.count(photo)) return true;
  }
  return false;
}

// The photos that lie in the folder itself, and its folders that hold others.
std::pair<std::vector<std::string>, std::set<std::string>> DirectPhotosAndFolders(
    const std::vector<std::string>& names) {
  std::pair<std::vector<std::string>, std::set<std::string>> result;
  for (const std::string& name : names) {
    const size_t slash = name.find('/');
    if (slash == std::string::npos) {
      result.first.push_back(name);
    } else {
      result.second.insert(name.substr(0, slash));
    }
  }
  return result;
}

}  // namespace

PhotosAndMasks SplitOffMasks(const std::vector<std::string>& names) {
  PhotosAndMasks parted;
  const bool some_outside =
      std::any_of(names.begin(), names.end(), [](const std::string& name) { return !LiesInMaskFolder(name); });
  const std::set<std::string> known(names.begin(), names.end());
  std::set<std::string> stems;
  for (const std::string& name : names) {
    stems.insert((fs::path(name).parent_path() / fs::path(name).stem()).generic_string());
  }
  for (const std::string& name : names) {
    const bool mask = (some_outside && LiesInMaskFolder(name)) || IsNamedMask(name, known, stems);
    (mask ? parted.masks : parted.photos).push_back(name);
  }
  return parted;
}

PhotoFolder OpenPhotoFolder(const std::string& folder) {
  const PhotosAndMasks all = SplitOffMasks(ListPhotos(folder));
  const auto [direct, folders] = DirectPhotosAndFolders(all.photos);
  for (const char* child : {"images", "input", "images_2", "images_4", "images_8"}) {
    const fs::path path = fs::path(folder) / child;
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) continue;
    const PhotosAndMasks here = SplitOffMasks(ListPhotos(path.string()));
    if (here.photos.size() <= direct.size()) continue;
    PhotoFolder chosen = {folder, path.string(), here.photos, here.masks, direct};
    for (const std::string& other : folders) {
      if (other != child) chosen.left.push_back(other + "/");
    }
    return chosen;
  }
  const std::string passed_over = all.photos.empty() ? DescribePassedOver(folder) : "";
  SPLAT_CHECK(!all.photos.empty(), folder,
              ": holds no photos (jpg, jpeg, png, tif, tiff, webp), nor does its images/ or",
              " input/; give the folder that the photos lie in", passed_over.empty() ? "" : "; ", passed_over);
  return {folder, folder, all.photos, all.masks, {}};
}

std::string WithExtension(const std::string& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return path;
  for (const char* extension : {".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG", ".tif", ".tiff", ".webp"}) {
    if (fs::is_regular_file(path + extension, ignored)) return path + extension;
  }
  return path;
}

}  // namespace splat::data
