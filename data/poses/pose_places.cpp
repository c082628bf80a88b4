#include "data/poses/pose_places.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

#include "data/poses/any_case.h"
#include "data/poses/colmap_reader.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

fs::path WithoutTrailingSlash(const std::string& folder) {
  fs::path path = fs::path(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// The numbered folders in `folder`, in order.
std::vector<std::string> NumberedIn(const fs::path& folder) {
  std::map<unsigned long, std::string> numbered;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!IsNumber(name) || name.size() > 8) continue;
    numbered[std::stoul(name)] = WithoutTrailingSlash(entry->path().string()).string();
  }
  std::vector<std::string> folders;
  folders.reserve(numbered.size());
  for (const auto& [number, path] : numbered) folders.push_back(path);
  return folders;
}

// The models in the numbered folders of `folder`, else the one that it is itself.
std::vector<std::string> ModelsIn(const fs::path& folder) {
  std::vector<std::string> models;
  for (const std::string& numbered : NumberedIn(folder)) {
    if (IsColmapModel(numbered)) models.push_back(numbered);
  }
  if (models.empty() && IsColmapModel(folder.string()))
    models.push_back(WithoutTrailingSlash(folder.string()).string());
  return models;
}

// Where models lie in a folder, the first choice first; "." is the folder itself.
constexpr const char* kLayouts[] = {"sparse",       "colmap/sparse",  "distorted/sparse",
                                    "dense/sparse", "dense/0/sparse", "undistorted/sparse",
                                    "colmap",       "colmap_text",    "."};

fs::path PlaceOf(const std::string& folder, const std::string& layout) {
  fs::path place = folder;
  for (const fs::path& part : fs::path(layout)) place = part == "." ? place : InAnyCase(place, part.string());
  return place;
}

// The exports of cameras in a folder, sorted by name.
std::vector<std::string> ExportsIn(const std::string& folder) {
  std::vector<std::string> exports;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().lexically_normal().string();
    if (IsExportOfCameras(path)) exports.push_back(path);
  }
  std::sort(exports.begin(), exports.end());
  return exports;
}

fs::path ParentOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (name == "." || name == "..") return fs::absolute(folder).lexically_normal().parent_path().parent_path();
  return folder.has_parent_path() ? folder.parent_path() : fs::path(".");
}

}  // namespace

std::vector<PosePlace> ListPosePlaces(const std::vector<std::string>& folders, bool distorted_first) {
  std::vector<std::string> layouts(std::begin(kLayouts), std::end(kLayouts));
  if (distorted_first) std::rotate(layouts.begin(), layouts.begin() + 2, layouts.begin() + 3);
  std::vector<PosePlace> places;
  int family = 0;
  for (size_t i = 0; i < folders.size(); ++i) {
    for (const std::string& layout : layouts) {
      ++family;
      for (const std::string& model : ModelsIn(PlaceOf(folders[i], layout))) {
        places.push_back({model, folders[i], PoseKind::kColmap, family, i < 2});
      }
    }
  }
  for (const char* name : {"transforms.json", "transforms_train.json", "poses_bounds.npy"}) {
    for (size_t i = 0; i < folders.size(); ++i) {
      const fs::path path = InAnyCase(folders[i], name);
      std::error_code ignored;
      if (!fs::is_regular_file(path, ignored)) continue;
      places.push_back({path.lexically_normal().string(), folders[i], PoseKindOfFile(name), ++family, i < 2});
    }
  }
  for (size_t i = 0; i < folders.size(); ++i) {
    for (const std::string& folder : {folders[i], InAnyCase(folders[i], "bundle").string()}) {
      for (const std::string& path : ExportsIn(folder)) {
        places.push_back({path, folders[i], PoseKindOfFile(path), ++family, i < 2});
      }
    }
  }
  return places;
}

std::vector<std::string> PlacesOfModels(const std::string& folder) {
  std::vector<std::string> places;
  for (const char* layout : kLayouts) {
    const fs::path place = PlaceOf(folder, layout);
    for (const std::string& numbered : NumberedIn(place)) places.push_back(numbered);
    places.push_back(WithoutTrailingSlash(place.string()).string());
  }
  return places;
}

std::vector<std::string> FoldersAround(const std::string& image_folder) {
  const fs::path folder = WithoutTrailingSlash(image_folder);
  const fs::path parent = ParentOf(folder), grandparent = ParentOf(parent);
  std::vector<std::string> folders = {folder.string(), parent.string()};
  if (fs::absolute(grandparent).lexically_normal() != fs::absolute(parent).lexically_normal()) {
    folders.push_back(grandparent.string());
  }
  return folders;
}

}  // namespace splat::data
