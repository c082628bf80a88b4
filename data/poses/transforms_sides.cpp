#include "data/poses/transforms_sides.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "data/poses/photo_matching.h"

namespace splat::data {

namespace fs = std::filesystem;

bool SaysSide(const nlohmann::json& object, const char* key) {
  const auto entry = object.find(key);
  return entry != object.end() && entry->is_number() && entry->get<double>() >= 1;
}

void WarnOfSides(const nlohmann::json& root, const std::string& json_path, std::vector<std::string>& warnings) {
  std::string first;
  size_t count = 0;
  const auto look = [&](const nlohmann::json& object) {
    if (!object.is_object()) return;
    for (const char* key : {"w", "h"}) {
      const auto entry = object.find(key);
      if (entry == object.end() || !entry->is_number() || SaysSide(object, key)) continue;
      if (count++ == 0) first = StrCat("'", key, "' is ", entry->get<double>());
    }
  };
  look(root);
  for (const nlohmann::json& frame : root.at("frames")) look(frame);
  if (count == 0) return;
  warnings.push_back(StrCat(json_path, ": ", first, count > 1 ? StrCat(" (and ", count - 1, " more)") : "",
                            ", which is no size in px; that of the photos is taken"));
}

std::vector<PhotoInfo> SizesOfPhotos(std::vector<std::string> paths, const std::string& image_folder) {
  const auto is_there = [](const std::string& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
  };
  if (!image_folder.empty() && std::none_of(paths.begin(), paths.end(), is_there)) {
    const std::vector<std::string> listed = ListPhotos(image_folder);
    const PhotoMatches matches = MatchPhotos(paths, image_folder, listed);
    for (size_t i = 0; i < paths.size(); ++i) {
      if (matches.photo[i]) paths[i] = (fs::path(image_folder) / listed[*matches.photo[i]]).string();
    }
  }
  std::vector<PhotoInfo> sizes(paths.size());
  PhotoInfo first;
  for (size_t i = 0; i < paths.size(); ++i) {
    sizes[i] = PhotoInfoOrNone(paths[i]);
    if (first.width == 0) first = sizes[i];
  }
  for (PhotoInfo& size : sizes) {
    if (size.width == 0) size = first;
  }
  return sizes;
}

}  // namespace splat::data
