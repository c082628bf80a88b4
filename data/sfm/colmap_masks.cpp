#include "data/sfm/colmap_masks.h"

#include <atomic>
#include <filesystem>
#include <ios>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "data/photos/photo_folder.h"
#include "data/sfm/fingerprint.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// The mask in the size of its photo; empty if it is of no use.
Image8 MaskForColmap(const std::string& photo, const PhotoMask& mask) {
  try {
    const PhotoInfo info = ReadPhotoInfo(photo);
    const Image8 kept = ReadMask(mask, info);
    const double share = ShareKept(kept).all;
    if (share == 0 || share == 1) return {};
    return WhollyKept(ResizeImage(kept, info.width, info.height));
  } catch (const Error&) {
    return {};  // the training says so
  }
}

}  // namespace

std::string MasksKey(const std::vector<SfmPhoto>& photos, const MasksOfPhotos& masks) {
  Fingerprint fingerprint;
  size_t count = 0;
  for (const SfmPhoto& photo : photos) {
    const auto mask = masks.find(photo.name);
    if (mask == masks.end()) continue;
    std::error_code ignored;
    const auto bytes = fs::file_size(mask->second.path, ignored);
    const auto modified = fs::last_write_time(mask->second.path, ignored).time_since_epoch().count();
    fingerprint.Add(photo.name);
    fingerprint.Add(StrCat(bytes, " ", modified, " ", mask->second.inverted, " ", mask->second.is_photo));
    ++count;
  }
  return count == 0 ? "" : StrCat("; ", count, " masks, ", std::hex, fingerprint.value());
}

std::string WriteColmapMasks(const std::string& image_folder, const std::vector<SfmPhoto>& photos,
                             const MasksOfPhotos& masks, const SfmWorkspace& workspace, Executor& executor) {
  const fs::path folder = workspace.Path(kColmapMaskFolder);
  std::atomic<bool> any = false;
  try {
    fs::remove_all(folder);
    executor.Run(int64_t(photos.size()), [&](int64_t index) {
      const std::string& name = photos[size_t(index)].name;
      const auto mask = masks.find(name);
      if (mask == masks.end()) return;
      const Image8 image = MaskForColmap((fs::path(image_folder) / name).string(), mask->second);
      if (image.pixels.empty()) return;
      const fs::path path = folder / (name + ".png");
      fs::create_directories(path.parent_path());
      WriteImage(path.string(), image);
      any = true;
    });
  } catch (const fs::filesystem_error& error) {
    throw Error(StrCat(folder.string(), ": masks for COLMAP cannot be written: ", error.code().message()));
  }
  return any ? folder.string() : "";
}

}  // namespace splat::data
