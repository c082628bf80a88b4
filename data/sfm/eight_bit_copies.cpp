#include "data/sfm/eight_bit_copies.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

bool NeedsCopy(const SfmPhoto& photo) {
  return photo.bits > 8;
}

// Whether a copy of an earlier run is there, newer than the photo, and can be read to its end.
bool IsWholeCopy(const fs::path& photo, const fs::path& copy) {
  if (!fs::is_regular_file(fs::symlink_status(copy))) return false;
  if (fs::last_write_time(copy) < fs::last_write_time(photo)) return false;
  try {
    const PhotoInfo info = ReadPhotoInfo(copy.string()), wanted = ReadPhotoInfo(photo.string());
    if (info.width != wanted.width || info.height != wanted.height || info.bits != 8) return false;
    ReadPhoto(copy.string());
    return true;
  } catch (const Error&) {
    return false;
  }
}

// COLMAP tells the format by the content, so a PNG may have the photo's name.
void CopyIn8Bits(const fs::path& photo, const fs::path& copy) {
  if (IsWholeCopy(photo, copy)) return;
  fs::remove_all(copy);
  const fs::path png = copy.string() + ".png";
  WriteImage(png.string(), ReadPhoto(photo.string()).image);
  fs::rename(png, copy);
}

void Link(const fs::path& photo, const fs::path& link) {
  if (fs::is_symlink(fs::symlink_status(link)) && fs::read_symlink(link) == fs::absolute(photo)) return;
  fs::remove_all(link);
  fs::create_symlink(fs::absolute(photo), link);
}

}  // namespace

std::string FolderForColmap(const std::string& image_folder, const std::vector<SfmPhoto>& photos,
                            const SfmWorkspace& workspace) {
  if (std::none_of(photos.begin(), photos.end(), NeedsCopy)) return image_folder;
  const fs::path folder = workspace.Path("photos");
  try {
    if (!fs::is_directory(fs::symlink_status(folder))) fs::remove(folder);
    for (const SfmPhoto& photo : photos) {
      const fs::path from = fs::path(image_folder) / photo.name, to = folder / photo.name;
      fs::create_directories(to.parent_path());
      if (NeedsCopy(photo)) {
        CopyIn8Bits(from, to);
      } else {
        Link(from, to);
      }
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(StrCat(folder.string(), ": 8-bit copies of the photos cannot be written: ", error.code().message()));
  }
  return folder.string();
}

}  // namespace splat::data
