#include "data/poses/unread_poses.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/check.h"
#include "data/poses/any_case.h"
#include "data/poses/colmap_reader.h"

namespace splat::data {

namespace fs = std::filesystem;

std::vector<std::string> UnreadFiles(const std::vector<std::string>& folders) {
  std::vector<std::string> unread;
  for (size_t i = 0; i < folders.size() && i < 2; ++i) {
    std::error_code error;
    const fs::path all = InAnyCase(folders[i], "transforms_all.json");
    if (fs::is_regular_file(all, error)) {
      unread.push_back(all.lexically_normal().string() + " (not looked at; --poses takes it)");
    }
    std::vector<std::string> nvm;
    for (fs::directory_iterator entry(folders[i], error), end; !error && entry != end; entry.increment(error)) {
      if (LowerAscii(entry->path().extension().string()) == ".nvm") {
        nvm.push_back(entry->path().lexically_normal().string());
      }
    }
    std::sort(nvm.begin(), nvm.end());
    for (const std::string& path : nvm) unread.push_back(path + " (VisualSFM's, not read; export Bundler's files)");
  }
  return unread;
}

std::string DescribeUnreadPoses(const std::vector<std::string>& folders) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  for (const std::string& file : UnreadFiles(folders)) add(file);
  for (size_t i = 0; i < folders.size() && i < 2; ++i) {
    std::error_code ignored;
    const fs::path folder(folders[i]);
    const fs::path sparse = InAnyCase(folder, "sparse");
    for (const fs::path& model : {sparse / "0", sparse, folder}) {
      for (const auto& [there, missing] : {std::pair("images", "cameras"), std::pair("cameras", "images")}) {
        for (const std::string extension : {".txt", ".bin"}) {
          if (!fs::is_regular_file(InAnyCase(model, there + extension), ignored) || IsColmapModel(model.string()))
            continue;
          add(StrCat(model.lexically_normal().string(), ": is no complete COLMAP model: ", missing, extension,
                     " is missing; copy it from where the model was made"));
        }
      }
    }
  }
  return text;
}

}  // namespace splat::data
