#include "data/photos/photo_masks.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "data/photos/photo_files.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// "sub/masks/A.PNG" becomes "sub/a.png".
std::string WithoutMaskFolders(const std::string& name) {
  const fs::path path(name);
  fs::path plain;
  for (const fs::path& folder : path.parent_path()) {
    if (!IsMaskFolder(folder.string())) plain /= folder;
  }
  return LowerAscii((plain / path.filename()).generic_string());
}

std::string WithoutExtension(const std::string& name) {
  return (fs::path(name).parent_path() / fs::path(name).stem()).generic_string();
}

// What is left of the name of a photo or mask without folders, extensions of images and marks of masks.
std::string Bare(const std::string& name) {
  std::string bare = fs::path(LowerAscii(name)).filename().string();
  while (true) {
    if (HasPhotoExtension(bare)) {
      bare = fs::path(bare).stem().string();
    } else if (auto without = WithoutMaskMark(bare)) {
      bare = std::move(*without);
    } else {
      return bare;
    }
  }
}

// Which of two masks with equally good names is taken.
bool GoesBefore(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// The first index of each key, with how many have it.
struct Holder {
  int index = -1, count = 0;
};
using Holders = std::map<std::string, Holder>;
void Add(Holders& holders, const std::string& key, size_t index) {
  Holder& holder = holders[key];
  if (holder.count++ == 0) holder.index = int(index);
}

// Images that may be masks, all in one place.
struct Place {
  std::string folder;
  std::vector<std::string> names;  // relative to `folder`
};

// Whether a folder beside that of the photos holds masks, and not those of another folder: fox_masks is fox's.
bool MayHoldMasksOf(const fs::path& photos, const std::string& folder) {
  if (!IsMaskFolder(folder)) return false;
  const std::string own = LowerAscii(photos.filename().string()), owner = OwnerOfMaskFolder(folder);
  return owner.empty() || owner == own || own == "images" || own == "input" || own == "photos";
}

std::vector<Place> PlacesWithMasks(const PhotoFolder& photos) {
  std::vector<Place> places;
  if (!photos.masks.empty()) places.push_back({photos.path, photos.masks});
  const fs::path own = (fs::absolute(photos.path) / "").lexically_normal().parent_path();
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(own.parent_path(), ignored)) {
    const bool mask_folder = entry.path() != own && MayHoldMasksOf(own, entry.path().filename().string());
    if (mask_folder && entry.is_directory(ignored)) folders.push_back(entry.path());
  }
  // "masks" before others, the shortest name first: the full size before masks_2.
  std::sort(folders.begin(), folders.end(), [](const fs::path& a, const fs::path& b) {
    const std::string first = LowerAscii(a.filename().string()), second = LowerAscii(b.filename().string());
    if ((first == "masks") != (second == "masks")) return first == "masks";
    return GoesBefore(a.filename().string(), b.filename().string());
  });
  for (const fs::path& folder : folders) {
    for (const fs::path& place : {folder, folder / own.filename()}) {
      if (fs::is_directory(place, ignored)) places.push_back({place.string(), ListPhotos(place.string())});
    }
  }
  return places;
}

// What is said of a folder of masks that holds files, but none that is read as an image; empty for others.
std::string WhyNoMaskIsRead(const Place& place) {
  if (!place.names.empty()) return "";
  size_t files = 0;
  std::error_code ignored;
  std::string first;
  for (const fs::directory_entry& entry : fs::directory_iterator(place.folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file(ignored) || BeginsWith(name, ".")) continue;
    if (files++ == 0 || name < first) first = name;
  }
  return files == 0 ? ""
                    : StrCat(place.folder, ": none of its ", files, " files (", first, files > 1 ? ", ..." : "",
                             ") is read as a mask; convert them to PNG (not used)");
}

PhotoMasks MasksIn(const Place& place, const PhotoFolder& photos) {
  PhotoMasks found;
  const std::vector<int> masks = MatchMasks(photos.names, place.names);
  std::vector<bool> taken(place.names.size());
  for (size_t i = 0; i < masks.size(); ++i) {
    if (masks[i] < 0) continue;
    taken[size_t(masks[i])] = true;
    found.of_photo[photos.names[i]] = (fs::path(place.folder) / place.names[size_t(masks[i])]).string();
  }
  std::vector<std::string> left;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) left.push_back(place.names[i]);
  }
  if (!left.empty()) {
    found.warnings.push_back(StrCat(place.folder, ": ", left.size(), " of its ", place.names.size(),
                                    " masks belong to no photo by their names (", NamesInBrief(left), ")"));
  }
  return found;
}

}  // namespace

std::vector<int> MatchMasks(const std::vector<std::string>& photos, const std::vector<std::string>& masks) {
  std::map<std::string, int> by_name;  // without the mask's own extension
  Holders bare_masks, bare_photos;
  for (size_t i = 0; i < masks.size(); ++i) {
    const auto [same, added] = by_name.emplace(WithoutExtension(WithoutMaskFolders(masks[i])), int(i));
    if (!added && GoesBefore(masks[i], masks[size_t(same->second)])) same->second = int(i);
    Add(bare_masks, Bare(masks[i]), i);
  }
  for (size_t i = 0; i < photos.size(); ++i) Add(bare_photos, Bare(photos[i]), i);
  std::vector<int> found;
  for (const std::string& photo : photos) {
    const std::string name = LowerAscii(photo), stem = WithoutExtension(name);
    int mask = -1;
    for (const std::string& key : {stem, name, stem + "_mask"}) {
      const auto at = by_name.find(key);
      if (mask < 0 && at != by_name.end()) mask = at->second;
    }
    const auto bare = bare_masks.find(Bare(photo));
    if (mask < 0 && bare != bare_masks.end() && bare->second.count == 1 && bare_photos[bare->first].count == 1) {
      mask = bare->second.index;
    }
    found.push_back(mask);
  }
  return found;
}

PhotoMasks FindMasks(const PhotoFolder& photos, const std::string& asked) {
  if (asked == "off") return {};
  if (asked != "auto") {
    std::error_code ignored;
    SPLAT_CHECK(fs::is_directory(asked, ignored), "--masks ", asked, ": is not a folder that exists");
    const Place place = {asked, ListPhotos(asked)};
    PhotoMasks found = MasksIn(place, photos);
    SPLAT_CHECK(!found.of_photo.empty(), "--masks ", asked, ": none of its ", place.names.size(),
                " images is named like one of the photos (", photos.names.front(),
                ", ...); a mask of a.jpg is a.png, a.jpg.png or a_mask.png");
    return found;
  }
  PhotoMasks best;
  size_t images = 0;
  std::string where;
  const std::vector<Place> places = PlacesWithMasks(photos);
  for (const Place& place : places) {
    PhotoMasks found = MasksIn(place, photos);
    if (found.of_photo.size() > best.of_photo.size()) best = std::move(found);
    images += place.names.size();
    if (where.empty() && !place.names.empty()) where = place.folder;
  }
  for (const Place& place : places) {
    const std::string why = best.of_photo.empty() ? WhyNoMaskIsRead(place) : "";
    if (!why.empty()) best.warnings.push_back(why);
  }
  if (best.of_photo.empty() && images > 0) {
    best.warnings.push_back(StrCat(where, ": holds ", images, " images that look like masks, but none is named like a ",
                                   "photo; a mask of a.jpg is a.png, a.jpg.png or a_mask.png (not used)"));
  }
  return best;
}

}  // namespace splat::data
