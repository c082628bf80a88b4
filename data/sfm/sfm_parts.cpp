#include "data/sfm/sfm_parts.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "core/check.h"
#include "core/format.h"
#include "data/poses/colmap_reader.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesShown = 3;

// COLMAP numbers the models of a run.
bool IsNumbered(const fs::path& folder) {
  return IsNumber(folder.filename().string());
}

// "9 photos (a.jpg, b.jpg, c.jpg, ...)"
std::string Counted(const PhotoNames& names) {
  std::string text = StrCat(names.size(), " photos (");
  for (size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) text += (i > 0 ? ", " : "") + names[i];
  return text + (names.size() > kNamesShown ? ", ...)" : ")");
}

}  // namespace

PhotoNames NamesIn(const std::string& model_folder) {
  PhotoNames names;
  for (const PosedPhoto& photo : ReadColmapPhotos(model_folder, "").photos) names.push_back(photo.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<PhotoNames> OtherParts(const ColmapModel& model) {
  std::vector<PhotoNames> models;
  if (!IsNumbered(model.folder)) return models;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(model.folder).parent_path(), ignored)) {
    try {
      const bool other = IsNumbered(entry.path()) && entry.path().filename() != fs::path(model.folder).filename();
      if (other && IsColmapModel(entry.path().string())) models.push_back(NamesIn(entry.path().string()));
    } catch (const Error&) {
      continue;
    }
  }
  std::sort(models.begin(), models.end(), [](const PhotoNames& a, const PhotoNames& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  const PhotoNames used = NamesIn(model.folder);
  std::set<std::string> placed(used.begin(), used.end());
  std::vector<PhotoNames> parts;
  for (PhotoNames& names : models) {
    names.erase(std::remove_if(names.begin(), names.end(), [&](const auto& name) { return placed.count(name) > 0; }),
                names.end());
    if (names.size() < kSmallestPart) continue;
    placed.insert(names.begin(), names.end());
    parts.push_back(std::move(names));
  }
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return parts;
}

bool OnlyPartsAreLeft(const SfmPlan& plan, const std::vector<PhotoNames>& connected, size_t placed) {
  return plan.pairs == PairChoice::kAll && connected.size() >= 2 && connected[1].size() >= kSmallestPart &&
         EnoughRegistered(placed, connected[0].size());
}

std::string DescribeParts(const SfmResult& result) {
  if (result.other_parts.empty()) return "";
  std::string text = StrCat("the photos fall into ", result.other_parts.size() + 1,
                            " parts that are not connected: ", Counted(NamesIn(result.model_folder)));
  for (const PhotoNames& part : result.other_parts) text += " and " + Counted(part);
  return text + "; the first part is used. Add photos of what lies between them, or give each part a folder of its own";
}

std::string DescribeLeftOut(const SfmResult& result) {
  std::set<std::string> in_parts;
  for (const PhotoNames& part : result.other_parts) in_parts.insert(part.begin(), part.end());
  PhotoNames names;
  std::copy_if(result.left_out.begin(), result.left_out.end(), std::back_inserter(names),
               [&](const std::string& name) { return in_parts.count(name) == 0; });
  if (names.empty()) return "";
  std::string text = StrCat("COLMAP could not place ", names.size(), " of ", result.photos_given,
                            " photos, which are left out: ", NamesInBrief(names));
  if (2 * result.photos_registered >= result.photos_given) return text;
  return StrCat(text, "; the scene is made of ", result.photos_registered,
                " photos alone: take photos that overlap by two thirds, sharp and from positions apart");
}

}  // namespace splat::data
