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

// A full disk leaves files without a byte; a model of no photos has at least a count or a comment.
bool HasFileWithoutBytes(const std::string& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored) && entry.file_size(ignored) == 0) return true;
  }
  return false;
}

// Reads the model to its end. Throws splat::Error if it is damaged; one of no photos is not.
ColmapModelSummary SummaryOfWholeModel(const std::string& folder) {
  const ColmapModelSummary summary = SummarizeColmapModel(folder);
  if (summary.images == 0 && !HasFileWithoutBytes(folder)) return summary;
  ReadColmapPhotos(folder, "");
  SPLAT_CHECK(summary.damage.empty(), summary.damage);
  return summary;
}

}  // namespace

std::optional<ColmapModel> BestModel(const std::string& folder) {
  std::optional<ColmapModel> best;
  for (const std::string& place : PlacesIn(folder)) {
    try {
      if (!IsColmapModel(place)) continue;
      const ColmapModelSummary summary = SummaryOfWholeModel(place);
      const bool better = !best || IsBetterModel(summary, best->summary);
      if (summary.images > 0 && better) best = ColmapModel{place, summary};
    } catch (const Error&) {
      continue;
    }
  }
  return best;
}

std::string DamageOfModels(const std::string& folder) {
  for (const std::string& place : PlacesIn(folder)) {
    try {
      if (IsColmapModel(place)) SummaryOfWholeModel(place);
    } catch (const Error& error) {
      return error.what();
    }
  }
  return "";
}

}  // namespace splat::data
