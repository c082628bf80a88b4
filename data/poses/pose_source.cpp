#include "data/poses/pose_source.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_folder.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/transforms_reader.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesShown = 5;  // of missing photos, in a message

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool IsNumber(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// The best model (IsBetterModel) in the numbered folders of `sparse`, of equals the lowest number; else `sparse`.
std::optional<fs::path> BestModelIn(const fs::path& sparse) {
  std::map<unsigned long, fs::path> numbered;
  if (!IsFolder(sparse)) return std::nullopt;
  for (const auto& entry : fs::directory_iterator(sparse, fs::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename().string();
    if (IsNumber(name) && name.size() < 9 && IsColmapModel(entry.path().string())) numbered[std::stoul(name)] = entry;
  }
  if (numbered.size() == 1) return numbered.begin()->second;
  std::optional<fs::path> best;
  ColmapModelSummary best_summary;
  for (const auto& [number, path] : numbered) {
    const ColmapModelSummary summary = SummarizeColmapModel(path.string());
    if (best && !IsBetterModel(summary, best_summary)) continue;
    best = path;
    best_summary = summary;
  }
  if (!best && IsColmapModel(sparse.string())) best = sparse;
  return best;
}

std::optional<fs::path> FindModelIn(const fs::path& folder) {
  for (const char* sparse : {"sparse", "colmap/sparse", "distorted/sparse"}) {
    if (const auto model = BestModelIn(folder / sparse)) return model;
  }
  return std::nullopt;
}

// The first of `folders` that has poses: all are searched for a model, then for either file.
std::optional<std::string> FindPosesIn(const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    if (const auto model = FindModelIn(folder)) return model->lexically_normal().string();
  }
  for (const char* name : {"transforms.json", "transforms_train.json"}) {
    for (const fs::path& folder : folders) {
      if (IsFile(folder / name)) return (folder / name).lexically_normal().string();
    }
  }
  return std::nullopt;
}

fs::path WithoutTrailingSlash(const std::string& folder) {
  fs::path path = fs::path(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

fs::path ParentOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (name == "." || name == "..") return fs::absolute(folder).lexically_normal().parent_path().parent_path();
  return folder.has_parent_path() ? folder.parent_path() : fs::path(".");
}

std::vector<std::string> ListPhotosIfFolder(const fs::path& folder) {
  return IsFolder(folder) ? ListPhotos(folder.string()) : std::vector<std::string>();
}

SceneDescription ReadDescription(const std::string& path, const std::string& image_folder) {
  SPLAT_CHECK(fs::exists(path), path, ": does not exist; give a COLMAP model folder or a transforms.json");
  if (!IsFolder(path)) return ReadTransforms(path);
  if (IsColmapModel(path)) return ReadColmapModel(path, image_folder);
  const auto found = FindPosesIn({path});
  if (found) return ReadDescription(*found, image_folder);
  return ReadColmapModel(path, image_folder);  // throws: says what is missing
}

// Whether no two photos have the same name once their folders are taken off.
bool HaveDistinctFileNames(const std::vector<PosedPhoto>& photos) {
  std::vector<std::string> names;
  for (const PosedPhoto& photo : photos) names.push_back(fs::path(photo.name).filename().string());
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

// `name` among the sorted `listed`; with any extension if it has none.
std::optional<std::string> FindListed(const std::vector<std::string>& listed, const std::string& name) {
  const auto found = std::lower_bound(listed.begin(), listed.end(), name);
  if (found != listed.end() && *found == name) return *found;
  if (fs::path(name).has_extension()) return std::nullopt;
  for (auto it = found; it != listed.end() && it->compare(0, name.size(), name) == 0; ++it) {
    if (fs::path(*it).extension().string().size() == it->size() - name.size()) return *it;
  }
  return std::nullopt;
}

std::optional<std::string> FindPhoto(const PosedPhoto& photo, const std::string& image_folder,
                                     const std::vector<std::string>& listed, bool by_file_name) {
  auto found = FindListed(listed, photo.name);
  if (!found && by_file_name) found = FindListed(listed, fs::path(photo.name).filename().string());
  if (found) return (fs::path(image_folder) / *found).string();
  if (IsFile(photo.path)) return photo.path;
  return std::nullopt;
}

// "a.jpg, b.jpg, ... (7 in all)".
std::string Names(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > kNamesShown ? StrCat(text, ", ... (", names.size(), " in all)") : text;
}

// Where no name of the source exists: the photos in sorted order, if there are as many.
void PairInSortedOrder(const std::string& image_folder, const std::vector<std::string>& listed,
                       SceneDescription& scene) {
  SPLAT_CHECK(listed.size() == scene.photos.size(), scene.source, ": none of its ", scene.photos.size(),
              " photos (the first is ", scene.photos.front().name, ") is in ", image_folder, ", which holds ",
              listed.size(), " photos; give the folder with the photos that the poses were made from");
  for (size_t i = 0; i < listed.size(); ++i) scene.photos[i].path = (fs::path(image_folder) / listed[i]).string();
  scene.warnings.push_back(StrCat(image_folder, ": its photos have other names than those of the ", scene.source,
                                  "; paired in sorted order, ", scene.photos.front().name, " with ", listed.front(),
                                  " to ", scene.photos.back().name, " with ", listed.back()));
}

void LocatePhotos(const std::string& image_folder, SceneDescription& scene) {
  const std::vector<std::string> listed = ListPhotos(image_folder);
  const bool by_file_name = HaveDistinctFileNames(scene.photos);
  std::vector<PosedPhoto> there;
  std::vector<std::string> missing;
  for (const PosedPhoto& photo : scene.photos) {
    const auto path = FindPhoto(photo, image_folder, listed, by_file_name);
    if (!path) {
      missing.push_back(photo.name);
      continue;
    }
    there.push_back(photo);
    there.back().path = *path;
  }
  if (there.empty()) return PairInSortedOrder(image_folder, listed, scene);
  if (!missing.empty()) {
    scene.warnings.push_back(StrCat(image_folder, ": ", missing.size(), " of ", scene.photos.size(), " photos of the ",
                                    scene.source, " are missing and were left out: ", Names(missing)));
  }
  scene.photos = std::move(there);
}

}  // namespace

std::optional<std::string> FindPoses(const std::string& image_folder) {
  const fs::path folder = WithoutTrailingSlash(image_folder);
  return FindPosesIn({folder, ParentOf(folder)});
}

std::string ResolveImageFolder(const std::string& folder) {
  const std::vector<std::string> listed = ListPhotos(folder);
  const auto lies_here = [](const std::string& name) { return name.find('/') == std::string::npos; };
  if (std::any_of(listed.begin(), listed.end(), lies_here)) return folder;
  for (const char* child : {"images", "input"}) {
    const fs::path path = fs::path(folder) / child;
    if (!ListPhotosIfFolder(path).empty()) return path.string();
  }
  const std::string passed_over = listed.empty() ? DescribePassedOver(folder) : "";
  SPLAT_CHECK(!listed.empty(), folder, ": holds no photos (jpg, jpeg, png, tif, tiff, webp), nor does its images/ or",
              " input/; give the folder that the photos lie in", passed_over.empty() ? "" : "; ", passed_over);
  return folder;
}

SceneDescription ReadPoses(const std::string& path, const std::string& image_folder) {
  SceneDescription scene = ReadDescription(path, image_folder);
  LocatePhotos(image_folder, scene);
  return scene;
}

}  // namespace splat::data
