#include "data/poses/best_colmap_model.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/check.h"

namespace splat::data {

namespace fs = std::filesystem;

namespace {

// `folder` and the folders in it, sorted.
std::vector<std::string> PlacesIn(const std::string& folder) {
  std::vector<std::string> places = {folder};
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_directory()) places.push_back(entry.path().string());
  }
  std::sort(places.begin(), places.end());
  return places;
}

// A full disk leaves files without a byte; one of no photos or points has at least a count or a comment.
void CheckFilesHaveBytes(const std::string& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const bool is_part = entry.is_regular_file(ignored) && IsColmapPart(entry.path().filename().string());
    SPLAT_CHECK(!is_part || entry.file_size(ignored) > 0, entry.path().string(), ": is empty (0 bytes)");
  }
}

// Reads the model to its end. Throws splat::Error if it is damaged; one of no photos is not.
ColmapModelSummary SummaryOfWholeModel(const std::string& folder) {
  CheckFilesHaveBytes(folder);
  ColmapModelSummary summary = SummarizeColmapModel(folder);
  if (summary.images == 0) return summary;
  ReadColmapPhotos(folder, "");
  SPLAT_CHECK(summary.damage.empty(), summary.damage);
  return summary;
}

}  // namespace

ColmapModels ReadModels(const std::string& folder) {
  ColmapModels models;
  for (const std::string& place : PlacesIn(folder)) {
    try {
      if (!IsColmapModel(place)) continue;
      const ColmapModelSummary summary = SummaryOfWholeModel(place);
      const bool better = !models.best || IsBetterModel(summary, models.best->summary);
      if (summary.images > 0 && better) models.best = ColmapModel{place, summary};
    } catch (const Error& error) {
      if (models.damage.empty()) models.damage = error.what();
    }
  }
  return models;
}

}  // namespace splat::data
