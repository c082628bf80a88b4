#include "data/poses/best_colmap_model.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/check.h"

namespace splat::data {

namespace fs = std::filesystem;

std::optional<ColmapModel> BestModel(const std::string& folder) {
  std::vector<std::string> candidates = {folder};
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.is_directory()) candidates.push_back(entry.path().string());
  }
  std::sort(candidates.begin(), candidates.end());
  std::optional<ColmapModel> best;
  for (const std::string& candidate : candidates) {
    try {
      if (!IsColmapModel(candidate)) continue;
      const ColmapModelSummary summary = SummarizeColmapModel(candidate);
      const bool better = !best || IsBetterModel(summary, best->summary);
      if (summary.images > 0 && better) best = ColmapModel{candidate, summary};
    } catch (const Error&) {
      continue;
    }
  }
  return best;
}

}  // namespace splat::data
