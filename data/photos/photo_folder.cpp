#include "data/photos/photo_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "core/check.h"
#include "data/photos/folder_files.h"
#include "data/photos/photo_files.h"
#include "data/photos/render_mark.h"
#include "io/percent_encoding.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

enum class Kind { kPhoto, kMask, kOther };

using Words = std::initializer_list<const char*>;

bool IsOneOf(const std::string& name, Words known) {
  return std::any_of(known.begin(), known.end(), [&](const char* one) { return name == one; });
}

constexpr Words kMasks = {"mask", "masks"}, kMaskFolderEnds = {"_mask", "_masks"};
constexpr Words kOtherImages = {"depth", "depths", "normal", "normals", "seg", "segmentation", "alpha"};

// The stem without one of the words, with what joins it, at its end; nothing where there is none.
std::optional<std::string> WithoutEnd(const std::string& stem, Words words) {
  const std::string lower = LowerAscii(stem);
  for (const char* word : words) {
    for (const char* joint : {"_", ".", "-"}) {
      const std::string mark = StrCat(joint, word);
      if (lower.size() > mark.size() && EndsWith(lower, mark)) return stem.substr(0, stem.size() - mark.size());
    }
  }
  return std::nullopt;
}

// Folders of images that are made of photos and are no masks. The last one is what splat-train writes for COLMAP.
bool IsFolderOfOthers(const std::string& name) {
  const std::string lower = LowerAscii(name);
  return IsOneOf(lower, {"semantic", "semantics", "alpha", "alphas", "depth", "depths", "depth_maps", "normal",
                         "normals", "@eadir", "thumbnail", "thumbnails", "thumbs", kColmapMaskFolder}) ||
         BeginsWith(lower, "depths_") || BeginsWith(lower, "normals_");
}

Kind KindByFolders(const std::string& name) {
  const fs::path parent = fs::path(name).parent_path();
  const auto any = [&](bool (*is)(const std::string&)) {
    return std::any_of(parent.begin(), parent.end(), [&](const fs::path& part) { return is(part.string()); });
  };
  return any(IsFolderOfOthers) ? Kind::kOther : any(IsMaskFolder) ? Kind::kMask : Kind::kPhoto;
}

// What an image is by its own name, if a photo of `names` or `stems` has it as its mask or it was made of that photo.
Kind KindByName(const std::string& name, const std::set<std::string>& names, const std::set<std::string>& stems) {
  const fs::path folder = fs::path(name).parent_path();
  const std::string stem = (folder / fs::path(name).stem()).generic_string();
  if (names.count(stem)) return Kind::kMask;  // "a.jpg.png"
  const auto is_photo = [&](const std::string& photo) { return stems.count(photo) || names.count(photo); };
  const std::string file = fs::path(name).stem().string();
  const auto mask_of = WithoutMaskMark(file), made_of = WithoutEnd(file, kOtherImages);
  if (mask_of && is_photo((folder / *mask_of).generic_string())) return Kind::kMask;
  return made_of && is_photo((folder / *made_of).generic_string()) ? Kind::kOther : Kind::kPhoto;
}

// Whether it lies in a folder "images_4" or the like, and a photo of `stems` has its name beside that folder.
bool IsScaledCopy(const std::string& name, const std::set<std::string>& stems) {
  fs::path outer;
  const fs::path path(name);
  for (auto part = path.begin(); part != path.end(); outer /= *part++) {
    const std::string folder = part->string();
    if (folder.rfind("images_", 0) != 0 || folder.size() == 7 ||
        folder.find_first_not_of("0123456789", 7) != std::string::npos) {
      continue;
    }
    fs::path inner;
    for (auto rest = std::next(part); rest != path.end(); ++rest) inner /= *rest;
    if (stems.count((outer / inner.parent_path() / inner.stem()).generic_string())) return true;
  }
  return false;
}

// Whether splat-train has written its results there.
bool HoldsARun(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "config.json", ignored) && fs::is_regular_file(folder / "metrics.json", ignored);
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

// As ".jpg", ".JPG" and ".Jpg".
std::array<std::string, 3> UsualCases(std::string_view extension) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; };
  std::string lower(extension), all = lower, first = lower;
  std::transform(all.begin(), all.end(), all.begin(), upper);
  first[1] = upper(first[1]);
  return {lower, all, first};
}

// Moves images that our programs have rendered from `names` to `results`, unless there are no others: a set may consist
// of renders.
void MoveRenders(const std::string& folder, std::vector<std::string>& names, std::vector<std::string>& results) {
  const auto is_photo = [&](const std::string& name) {
    return !HasExtension(name, ".png") || !IsRender((fs::path(folder) / name).string());
  };
  const auto renders = std::stable_partition(names.begin(), names.end(), is_photo);
  if (renders == names.begin()) return;
  results.insert(results.end(), renders, names.end());
  names.erase(renders, names.end());
}

}  // namespace

bool IsMaskFolder(const std::string& name) {
  const std::string lower = LowerAscii(name);
  return !IsFolderOfOthers(lower) &&
         (IsOneOf(lower, {"mask", "masks", "segmentation", "segmentations"}) || BeginsWith(lower, "masks_") ||
          std::any_of(kMaskFolderEnds.begin(), kMaskFolderEnds.end(),
                      [&](const char* end) { return EndsWith(lower, end); }));
}

std::optional<std::string> WithoutMaskMark(const std::string& stem) {
  if (auto without = WithoutEnd(stem, kMasks)) return without;
  for (const std::string mark : {"mask_", "mask-"}) {
    if (stem.size() > mark.size() && BeginsWith(LowerAscii(stem), mark)) return stem.substr(mark.size());
  }
  return std::nullopt;
}

std::string OwnerOfMaskFolder(const std::string& name) {
  const std::string lower = LowerAscii(name);
  for (const std::string mark : kMaskFolderEnds) {
    if (!EndsWith(lower, mark)) continue;
    const std::string owner = lower.substr(0, lower.size() - mark.size());
    return owner == "dynamic" ? "" : owner;
  }
  return "";
}

PhotosAndMasks SplitOffMasks(const std::vector<std::string>& names) {
  PhotosAndMasks parted;
  const bool some_outside = std::any_of(names.begin(), names.end(),
                                        [](const std::string& name) { return KindByFolders(name) == Kind::kPhoto; });
  const std::set<std::string> known(names.begin(), names.end());
  std::set<std::string> stems;
  for (const std::string& name : names) {
    stems.insert((fs::path(name).parent_path() / fs::path(name).stem()).generic_string());
  }
  for (const std::string& name : names) {
    Kind kind = some_outside ? KindByFolders(name) : Kind::kPhoto;
    if (kind == Kind::kPhoto) kind = KindByName(name, known, stems);
    if (kind == Kind::kPhoto && IsScaledCopy(name, stems)) kind = Kind::kOther;
    (kind == Kind::kPhoto ? parted.photos : kind == Kind::kMask ? parted.masks : parted.others).push_back(name);
  }
  return parted;
}

PhotosAndMasks ListPhotosAndMasks(const std::string& folder) {
  std::map<fs::path, bool> runs;
  const auto is_run = [&](const fs::path& inner) {
    const auto [run, added] = runs.try_emplace(inner, false);
    if (added) run->second = HoldsARun(fs::path(folder) / inner);
    return run->second;
  };
  std::vector<std::string> names, results;
  for (const std::string& name : ListPhotos(folder)) {
    bool result = fs::path(name).begin()->string() == kRendersFolder && is_run("");
    for (fs::path inner = fs::path(name).parent_path(); !inner.empty() && !result; inner = inner.parent_path()) {
      result = is_run(inner);
    }
    (result ? results : names).push_back(name);
  }
  MoveRenders(folder, names, results);
  PhotosAndMasks parted = SplitOffMasks(names);
  parted.others.insert(parted.others.end(), results.begin(), results.end());
  return parted;
}

PhotoFolder OpenPhotoFolder(const std::string& folder) {
  const PhotosAndMasks all = ListPhotosAndMasks(folder);
  const auto [direct, folders] = DirectPhotosAndFolders(all.photos);
  for (const char* child : {"images", "input", "images_2", "images_4", "images_8"}) {
    const fs::path path = fs::path(folder) / child;
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) continue;
    const PhotosAndMasks here = ListPhotosAndMasks(path.string());
    if (here.photos.size() <= direct.size()) continue;
    PhotoFolder chosen = {folder, path.string(), here.photos, here.masks, direct, here.others};
    for (const std::string& other : folders) {
      if (other != child) chosen.left.push_back(other + "/");
    }
    return chosen;
  }
  const std::string passed_over = all.photos.empty() ? DescribePassedOver(folder) : "";
  SPLAT_CHECK(!all.photos.empty(), folder, ": holds no photos (", PhotoExtensionsText(),
              "), nor does its images/ or input/; give the folder that the photos lie in",
              passed_over.empty() ? "" : "; ", passed_over);
  return {folder, folder, all.photos, all.masks, {}, all.others};
}

std::string FileNamed(const std::string& folder, const std::string& name) {
  for (const std::string& text : {name, PercentDecoded(name).value_or(name)}) {
    std::string path = (fs::path(folder) / text).string();
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
    if (HasPhotoExtension(text)) continue;
    for (const std::string_view extension : kPhotoExtensions) {
      for (const std::string& written : UsualCases(extension)) {
        if (fs::is_regular_file(path + written, ignored)) return path + written;
      }
    }
  }
  return (fs::path(folder) / name).string();
}

}  // namespace splat::data
