#include "data/poses/unread_poses.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/check.h"
#include "data/poses/any_case.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/pose_places.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// The file that a model lacks; empty for a complete one, and where there is none at all.
std::string MissingFile(const std::string& model) {
  if (IsColmapModel(model)) return "";
  for (const auto& [there, missing] : {std::pair("images", "cameras"), std::pair("cameras", "images")}) {
    for (const std::string extension : {".txt", ".bin"}) {
      std::error_code ignored;
      if (fs::is_regular_file(InAnyCase(model, there + extension), ignored)) return missing + extension;
    }
  }
  return "";
}

std::vector<std::string> VisualSfmFiles(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!HasExtension(entry->path().string(), ".nvm")) continue;
    files.push_back(entry->path().lexically_normal().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<std::string> UnreadPoses(const std::vector<std::string>& folders, const std::string& taken) {
  std::vector<std::string> unread;
  for (size_t i = 0; i < folders.size() && i < 2; ++i) {
    std::error_code error;
    const fs::path all = InAnyCase(folders[i], "transforms_all.json");
    if (fs::is_regular_file(all, error) && !fs::equivalent(all, taken, error)) {
      unread.push_back(all.lexically_normal().string() + " (not looked at; --poses takes it)");
    }
    for (const std::string& path : VisualSfmFiles(folders[i])) {
      unread.push_back(path + " (VisualSFM's, not read; export Bundler's files)");
    }
    for (const std::string& model : PlacesOfModels(folders[i])) {
      const std::string missing = MissingFile(model);
      if (missing.empty()) continue;
      unread.push_back(StrCat(model, ": is no complete COLMAP model: ", missing,
                              " is missing; copy it from where the model was made"));
    }
  }
  return unread;
}

}  // namespace splat::data
