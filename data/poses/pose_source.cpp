#include "data/poses/pose_source.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

#include "core/check.h"
#include "core/format.h"
#include "data/photos/photo_files.h"
#include "data/poses/best_colmap_model.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/export_points.h"
#include "data/poses/located_photos.h"
#include "data/poses/pose_places.h"
#include "data/poses/size_fit.h"
#include "data/poses/unread_poses.h"
#include "data/poses/unusable_poses.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

std::string FolderName(const PhotoFolder& photos) {
  const fs::path path = fs::path(photos.path).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

// Inria's folder of the photos as they were taken; their model lies in distorted/.
bool IsInput(const PhotoFolder& photos) {
  return FolderName(photos) == "input";
}

// Poses that may be chosen.
struct Candidate {
  PosePlace place;
  SceneDescription scene;  // without the points of a model
  LocatedPhotos located;
  SizeAgreement sizes;
  size_t points = 0;    // where the choice depends on it
  bool few = false;     // of fewer than half as many photos as another candidate
  std::string refusal;  // why it cannot be taken; empty if it can
  bool broken = false;  // since it cannot be read
};

// Whether photos lie so that they may be those of a source that names others, or none.
bool LieAsUsual(const PhotoFolder& photos, const Candidate& candidate) {
  const std::string name = FolderName(photos);
  std::error_code ignored;
  return BeginsWith(name, "images") || name == "input" ||
         (candidate.scene.in_order && fs::equivalent(candidate.place.base, photos.path, ignored));
}

// Whether the photos may be those of a source that names others, or none.
bool MayBePairedInOrder(const PhotoFolder& photos, const Candidate& candidate) {
  const SizeFit fit = candidate.sizes.fit;
  return (!candidate.scene.in_order && fit == SizeFit::kScaled) ||
         (LieAsUsual(photos, candidate) && fit != SizeFit::kOther);
}

// Whether the photos may be another version of the source's own photos, which lie elsewhere under the same names:
// scaled, or so named.
bool MayBeAnotherVersion(const PhotoFolder& photos, SizeFit fit) {
  const std::string name = FolderName(photos);
  return fit == SizeFit::kScaled || name == "images" || name == "input" || name.rfind("images_", 0) == 0;
}

// Whether none of the photos was found since several have each name.
bool IsAmbiguous(const Candidate& candidate) {
  return candidate.located.photos.empty() && !candidate.located.ambiguous.empty();
}

// What is said of poses of other photos.
std::string WhyOthers(const Candidate& candidate, const PhotoFolder& photos) {
  const SceneDescription& scene = candidate.scene;
  if (IsAmbiguous(candidate)) {
    return StrCat("has names that several photos have (", candidate.located.ambiguous,
                  "); give one of these folders and --poses, or write the folders into the names");
  }
  if (!scene.in_order) return StrCat("describes other photos: ", scene.photos.front().name, ", ...");
  if (scene.photos.size() == photos.names.size() && LieAsUsual(photos, candidate)) {
    return StrCat("names no photos, and is of others by their sizes (", candidate.sizes.example, ")");
  }
  if (scene.photos.size() == photos.names.size())
    return "may describe other photos, since it names none and the folder is not named images";
  return StrCat("has poses of ", scene.photos.size(), " photos, and ", photos.path, " holds ", photos.names.size(),
                ": they go with all photos in sorted order, so give exactly those that they were made from");
}

// `asked` says that the user named these poses: then any folder may be paired in order.
Candidate Examine(const PosePlace& place, const PhotoFolder& photos, bool asked, PhotoSizes& sizes) {
  Candidate candidate;
  candidate.place = place;
  try {
    candidate.scene = ReadPosedPhotos(place.kind, place.path, photos.path);
  } catch (const Error& error) {
    candidate.broken = true;
    candidate.refusal = error.what();
    return candidate;
  }
  candidate.located = LocatePhotos(photos, place, candidate.scene);
  try {
    CheckAnyIsUsable(candidate.located.photos);
  } catch (const Error& error) {
    candidate.broken = true;
    candidate.refusal = error.what();
    return candidate;
  }
  candidate.sizes = CompareSizes(candidate.located.photos, sizes);
  const LocatedPhotos& located = candidate.located;
  const bool other = located.photos.empty() || (!place.nearby && !located.at_own_path) ||
                     (located.scaled_beside_own && candidate.sizes.fit != SizeFit::kScaled) ||
                     (located.in_order && !asked && !MayBePairedInOrder(photos, candidate));
  if (located.own_namesakes && !asked && !MayBeAnotherVersion(photos, candidate.sizes.fit)) {
    candidate.refusal =
        StrCat("describes other photos of the same names, which lie elsewhere: ", candidate.scene.photos.front().name,
               ", ...; --poses takes it nevertheless");
  }
  if (other) candidate.refusal = WhyOthers(candidate, photos);
  return candidate;
}

// Counts the points of models that are equal in all else.
void CountPointsOfEquals(std::vector<Candidate>& candidates) {
  const auto usable = [](const Candidate& c) { return c.refusal.empty() && c.place.kind == PoseKind::kColmap; };
  for (Candidate& candidate : candidates) {
    const bool equal =
        usable(candidate) && std::count_if(candidates.begin(), candidates.end(), [&](const Candidate& c) {
                               return usable(c) && c.place.family == candidate.place.family &&
                                      c.scene.photos.size() == candidate.scene.photos.size();
                             }) > 1;
    if (equal) candidate.points = SummarizeColmapModel(candidate.place.path).points;
  }
}

// What is compared of two candidates; the lesser one goes first.
auto Rank(const Candidate& c) {
  const auto most_first = [](size_t count) { return -int64_t(count); };
  const SizeFit fit = c.sizes.mostly_exact ? SizeFit::kExact : c.sizes.fit;
  return std::make_tuple(!c.refusal.empty(), c.few, c.located.in_order, fit, c.place.family,
                         most_first(c.located.photos.size()), most_first(c.scene.photos.size()), most_first(c.points));
}

// Examines all places, the best first.
std::vector<Candidate> RankedCandidates(const std::vector<PosePlace>& places, const PhotoFolder& photos, bool asked) {
  PhotoSizes sizes;
  std::vector<Candidate> candidates;
  candidates.reserve(places.size());
  for (const PosePlace& place : places) candidates.push_back(Examine(place, photos, asked, sizes));
  CountPointsOfEquals(candidates);
  size_t most = 0;
  for (const Candidate& c : candidates) most = std::max(most, c.refusal.empty() ? c.located.photos.size() : 0);
  for (Candidate& c : candidates) c.few = 2 * c.located.photos.size() < most;
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return Rank(a) < Rank(b); });
  return candidates;
}

void WarnOfOtherImages(const PhotoFolder& photos, SceneDescription& scene) {
  if (photos.others.empty()) return;
  scene.warnings.push_back(StrCat(
      photos.others.size(), " images in ", photos.path,
      " are no photos, but other images made of photos, or results of an earlier run: ", NamesInBrief(photos.others)));
}

// The chosen description with all that is to be said of it. It has named that many photos, and has those that were
// located.
SceneDescription Finish(Candidate&& chosen, size_t named, const PhotoFolder& photos) {
  SceneDescription scene = std::move(chosen.scene);
  const LocatedPhotos& located = chosen.located;
  scene.warnings.insert(scene.warnings.end(), located.warnings.begin(), located.warnings.end());
  if (!located.missing.empty()) {
    scene.warnings.push_back(StrCat(photos.path, ": ", located.missing.size(), " of ", named, " photos of the ",
                                    scene.source, " are missing and were left out: ", NamesInBrief(located.missing)));
  }
  if (chosen.sizes.fit == SizeFit::kOther) {
    scene.warnings.push_back(StrCat("the photos have other sizes than the cameras of the ", scene.source,
                                    ", and by no common factor (", chosen.sizes.example,
                                    "): these poses may be of another, undistorted or cropped, version of the photos"));
  }
  WarnOfOtherImages(photos, scene);
  return scene;
}

// Why a candidate that could have been taken was left.
std::string ReasonLeft(const Candidate& left, const Candidate& taken) {
  if (!left.refusal.empty()) return left.refusal;
  if (left.few || left.located.photos.size() < taken.located.photos.size()) {
    return StrCat("has ", left.located.photos.size(), " of the photos");
  }
  if (left.located.in_order && !taken.located.in_order) return "has other names";
  if (left.sizes.fit != taken.sizes.fit) return "its cameras have other sizes";
  return "fits these photos as well; --poses takes it instead";
}

std::string Summarize(const std::vector<Candidate>& candidates, const PhotoFolder& photos) {
  const Candidate& taken = candidates.front();
  std::string text = StrCat(taken.scene.source, " for ", taken.located.in_folder, " of ", photos.names.size(),
                            " photos in ", photos.path,
                            !taken.located.in_order         ? " by name"
                            : taken.located.by_shared_names ? " by what the names share"
                                                            : " in sorted order");
  std::string left;
  const auto add = [&](const std::string& what) { left += (left.empty() ? "" : "; ") + what; };
  if (!photos.left.empty()) add(NamesInBrief(photos.left));
  if (!taken.located.without_pose.empty()) {
    add("photos without a pose: " + NamesInBrief(taken.located.without_pose));
  }
  for (size_t i = 1; i < candidates.size(); ++i) {
    if (!candidates[i].place.nearby && !candidates[i].refusal.empty()) continue;
    add(StrCat(candidates[i].place.path, " (", ReasonLeft(candidates[i], taken), ")"));
  }
  for (const std::string& unread : UnreadPoses(FoldersAround(photos.path), taken.place.path)) add(unread);
  for (const std::string& unread : UnreadPoints(FoldersAround(photos.path))) add(unread);
  return left.empty() ? text : StrCat(text, "; left: ", left);
}

// The folder that the names of a model may be relative to: the one that holds sparse/0, or else the model's own.
std::string BaseOfModel(const std::string& model) {
  const fs::path own = fs::path(model).lexically_normal();
  for (fs::path at = own; at.has_relative_path() && at != at.parent_path(); at = at.parent_path()) {
    if (at.filename() != "sparse") continue;
    const fs::path base = at.parent_path().empty() ? fs::path(".") : at.parent_path();
    return (base.filename() == "distorted" ? base.parent_path() : base).string();
  }
  return own.string();
}

// The places that `path` may mean.
std::vector<PosePlace> PlacesAt(const std::string& path, const PhotoFolder& photos) {
  SPLAT_CHECK(fs::exists(path), path, ": does not exist; give ", kKindsOfPoses);
  if (!fs::is_directory(path)) {
    const fs::path file(path), folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (IsColmapPart(file.filename().string())) {
      return {{folder.string(), BaseOfModel(folder.string()), PoseKind::kColmap, 0, true}};
    }
    return {{path, fs::path(path).parent_path().string(), PoseKindOfFile(path), 0, true}};
  }
  if (!IsColmapModel(path)) {
    std::vector<PosePlace> places = ListPosePlaces({path}, IsInput(photos));
    if (!places.empty()) return places;
  }
  return {{path, BaseOfModel(path), PoseKind::kColmap, 0, true}};
}

// The poses that lie with the photos of single subfolders, each with its folder; empty if there are none.
std::string DescribePosesBelow(const PhotoFolder& photos) {
  constexpr size_t kMostFolders = 64;  // that are looked at
  std::set<std::string> folders;
  for (const std::string& name : photos.names) {
    if (folders.size() < kMostFolders && fs::path(name).has_parent_path()) {
      folders.insert((fs::path(photos.path) / *fs::path(name).begin()).string());
    }
  }
  std::vector<std::string> below;
  for (const std::string& folder : folders) {
    const std::vector<PosePlace> places = ListPosePlaces({folder}, false);
    if (!places.empty()) below.push_back(StrCat(places.front().path, " for ", folder));
  }
  if (below.empty()) return "";
  return StrCat("those below are each for the photos of one folder, which --images takes alone: ", NamesInBrief(below));
}

PoseChoice TakeFirst(std::vector<Candidate>&& candidates, const PhotoFolder& photos) {
  PoseChoice choice;
  Candidate& taken = candidates.front();
  const size_t named = taken.scene.photos.size();
  taken.scene.photos = taken.located.photos;  // before the points come, which their observations are of
  AddPosePoints(taken.place.kind, taken.place.path, taken.scene);
  choice.summary = Summarize(candidates, photos);
  choice.scene = Finish(std::move(taken), named, photos);
  return choice;
}

}  // namespace

PoseChoice ChoosePoses(const PhotoFolder& photos) {
  std::vector<Candidate> candidates =
      RankedCandidates(ListPosePlaces(FoldersAround(photos.path), IsInput(photos)), photos, false);
  if (!candidates.empty() && candidates.front().refusal.empty()) return TakeFirst(std::move(candidates), photos);
  std::string others;
  for (const Candidate& candidate : candidates) {
    if (!candidate.place.nearby) continue;
    if (candidate.broken) throw Error(candidate.refusal);
    others += StrCat(others.empty() ? "" : "; ", candidate.place.path, " ", candidate.refusal);
  }
  std::string unread;
  for (const std::string& one : UnreadPoses(FoldersAround(photos.path))) unread += (unread.empty() ? "" : "; ") + one;
  PoseChoice choice;
  if (!others.empty()) {
    const bool ambiguous = std::any_of(candidates.begin(), candidates.end(),
                                       [](const Candidate& c) { return c.place.nearby && IsAmbiguous(c); });
    choice.summary = StrCat(ambiguous ? "The poses that lie with the photos in " : "No poses of the photos in ",
                            photos.path, ambiguous ? " do not say which photos they are of (" : " lie there (", others,
                            unread.empty() ? "" : "; ", unread, "): COLMAP finds them.");
  } else if (!unread.empty()) {
    choice.summary = StrCat("No poses that can be read lie with the photos (", unread, "): COLMAP finds them.");
  } else {
    const std::string below = DescribePosesBelow(photos);
    choice.summary =
        StrCat("No poses lie with the photos", below.empty() ? "" : " (" + below + ")", ": COLMAP finds them.");
  }
  return choice;
}

PoseChoice ChoosePosesAt(const std::string& path, const PhotoFolder& photos) {
  std::vector<Candidate> candidates = RankedCandidates(PlacesAt(path, photos), photos, true);
  const Candidate& best = candidates.front();
  if (best.broken) throw Error(best.refusal);
  SPLAT_CHECK(best.refusal.empty() || !(best.scene.in_order || IsAmbiguous(best)), best.place.path, " ", best.refusal);
  SPLAT_CHECK(best.refusal.empty(), best.scene.source, ": none of its ", best.scene.photos.size(),
              " photos (the first is ", best.scene.photos.front().name, ") is in ", photos.path, ", which holds ",
              photos.names.size(), " photos; give the folder with the photos that the poses were made from");
  return TakeFirst(std::move(candidates), photos);
}

std::optional<std::string> FindPoses(const std::string& folder) {
  std::vector<std::string> folders = FoldersAround(folder);
  folders.resize(std::min<size_t>(folders.size(), 2));
  std::optional<PosePlace> best;
  std::optional<ColmapModelSummary> best_summary;
  for (const PosePlace& place : ListPosePlaces(folders, false)) {
    if (best && place.family != best->family) break;
    if (best && !best_summary) best_summary = SummarizeColmapModel(best->path);
    const auto summary = best ? std::make_optional(SummarizeColmapModel(place.path)) : std::nullopt;
    if (best && !IsBetterModel(*summary, *best_summary)) continue;
    best = place;
    best_summary = summary;
  }
  return best ? std::optional<std::string>(best->path) : std::nullopt;
}

}  // namespace splat::data
