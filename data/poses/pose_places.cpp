#include "data/poses/pose_places.h"

#include <algorithm>
#include <filesystem>
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

// The models in the numbered folders of `folder`, else the one that it is itself.
std::vector<std::string> ModelsIn(const fs::path& folder) {
  std::map<unsigned long, std::string> numbered;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!IsNumber(name) || name.size() > 8 || !IsColmapModel(entry->path().string())) continue;
    numbered[std::stoul(name)] = WithoutTrailingSlash(entry->path().string()).string();
  }
  std::vector<std::string> models;
  models.reserve(numbered.size());
  for (const auto& [number, path] : numbered) models.push_back(path);
  if (models.empty() && IsColmapModel(folder.string()))
    models.push_back(WithoutTrailingSlash(folder.string()).string());
  return models;
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
  std::vector<std::string> layouts = {"sparse",       "colmap/sparse",  "distorted/sparse",
                                      "dense/sparse", "dense/0/sparse", "undistorted/sparse",
                                      "colmap",       "colmap_text",    "."};
  if (distorted_first) std::rotate(layouts.begin(), layouts.begin() + 2, layouts.begin() + 3);
  std::vector<PosePlace> places;
  int family = 0;
  for (size_t i = 0; i < folders.size(); ++i) {
    for (const std::string& layout : layouts) {
      ++family;
      fs::path place = folders[i];
      for (const fs::path& part : fs::path(layout))
        place = part == "." ? place / part : InAnyCase(place, part.string());
      for (const std::string& model : ModelsIn(place)) {
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
