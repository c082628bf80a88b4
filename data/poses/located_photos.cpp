#include "data/poses/located_photos.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/check.h"
#include "core/format.h"
#include "core/spread_evenly.h"
#include "data/poses/photo_matching.h"
#include "data/poses/renamed_photos.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesakesTried = 5;

fs::path Absolute(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path).lexically_normal() : canonical;
}

bool LiesIn(const fs::path& path, const fs::path& folder) {
  const fs::path relative = Absolute(path).lexically_relative(Absolute(folder));
  return !relative.empty() && *relative.begin() != "..";
}

// Where the source itself may mean its photo to lie; the first is the place that it says.
std::vector<fs::path> OwnPaths(const PosePlace& place, const PosedPhoto& photo) {
  if (place.kind == PoseKind::kTransforms) return {photo.path};
  std::vector<fs::path> paths;
  for (const char* folder : {"", "images", "input"}) {
    paths.emplace_back(FileNamed((fs::path(place.base) / folder).string(), PlainName(photo.name)));
  }
  return paths;
}

std::optional<fs::path> OwnFile(const PosePlace& place, const PosedPhoto& photo) {
  for (const fs::path& path : OwnPaths(place, photo)) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return std::nullopt;
}

bool IsAtOwnPath(const PosePlace& place, const PosedPhoto& photo, const std::string& path) {
  const fs::path absolute = Absolute(path);
  for (const fs::path& own : OwnPaths(place, photo)) {
    if (Absolute(own) == absolute) return true;
  }
  return false;
}

// False where one of the files cannot be read.
bool HaveSameBytes(const std::string& a, const std::string& b) {
  std::error_code error;
  const auto size = fs::file_size(a, error);
  if (error || fs::file_size(b, error) != size || error) return false;
  try {
    return ReadFile(a) == ReadFile(b);
  } catch (const Error&) {
    return false;
  }
}

// Whether half or more of a few photos, spread over those found, are other files than the source itself means.
bool AreNamesakes(const PosePlace& place, const SceneDescription& scene, const LocatedPhotos& located) {
  if (located.photos.empty() || located.at_own_path) return false;
  size_t compared = 0, others = 0;
  for (const PosedPhoto& found : SpreadEvenly(located.photos, kNamesakesTried)) {
    const auto named = std::find_if(scene.photos.begin(), scene.photos.end(),
                                    [&](const PosedPhoto& photo) { return photo.name == found.name; });
    const auto own = named == scene.photos.end() ? std::nullopt : OwnFile(place, *named);
    if (!own) continue;
    ++compared;
    others += HaveSameBytes(own->string(), found.path) ? 0 : 1;
  }
  return compared > 0 && 2 * others >= compared;
}

std::vector<std::string> NamesOf(const std::vector<PosedPhoto>& photos) {
  std::vector<std::string> names;
  names.reserve(photos.size());
  for (const PosedPhoto& photo : photos) names.push_back(photo.name);
  return names;
}

// Tells of names that were found by less than their text, once for each kind.
void WarnOfLooseMatches(const PhotoFolder& folder, const SceneDescription& scene, const PhotoMatches& matches,
                        std::vector<std::string>& warnings) {
  for (const auto& [kind, what] : {std::pair(NameMatch::kSameText, "but for case or the form of Unicode"),
                                   std::pair(NameMatch::kStem, "but for the extension"),
                                   std::pair(NameMatch::kDecoded, "but for \"%20\" and the like")}) {
    std::string example;
    size_t count = 0;
    for (size_t i = 0; i < scene.photos.size(); ++i) {
      const std::string& name = scene.photos[i].name;
      if (!matches.photo[i] || matches.how[i] != kind || !fs::path(name).has_extension()) continue;
      if (count++ == 0) example = StrCat(name, " is ", folder.names[*matches.photo[i]]);
    }
    if (count == 0) continue;
    warnings.push_back(StrCat(folder.path, ": ", count, " of ", scene.photos.size(), " photos of the ", scene.source,
                              " have its names ", what, " (", example, ")"));
  }
  if (!matches.one_kind.empty()) {
    const size_t first = matches.one_kind.front();
    warnings.push_back(StrCat(folder.path, ": ", matches.one_kind.size(), " names without an extension of the ",
                              scene.source, " are those of several photos; the kind that most photos have was taken (",
                              scene.photos[first].name, " is ", folder.names[*matches.photo[first]], ")"));
  }
}

// Tells of names that several photos have: `by_place` were taken where the source says, `ambiguous` were not.
void WarnOfAmbiguous(const PhotoFolder& folder, const SceneDescription& scene, const std::vector<std::string>& by_place,
                     const std::vector<std::string>& ambiguous, std::vector<std::string>& warnings) {
  const std::string several = StrCat(folder.path, ": several photos have the names of these of the ", scene.source);
  if (!by_place.empty()) {
    warnings.push_back(
        StrCat(several, ", and those in the very places that it names were taken: ", NamesInBrief(by_place)));
  }
  if (!ambiguous.empty()) {
    warnings.push_back(StrCat(several, ", and none was taken: ", NamesInBrief(ambiguous)));
  }
}

// The photos of the folder by their absolute paths.
std::map<std::string, size_t> ByAbsolutePath(const PhotoFolder& folder) {
  std::map<std::string, size_t> by_path;
  for (size_t i = 0; i < folder.names.size(); ++i) {
    by_path.emplace(Absolute(fs::path(folder.path) / folder.names[i]).string(), i);
  }
  return by_path;
}

// Names that are missing since another spelling of them was found are further entries for its photo.
void TakeRepeatedFromMissing(const PhotoFolder& folder, const SceneDescription& scene, LocatedPhotos& located) {
  if (located.missing.empty()) return;
  std::set<std::string> found;
  for (const PosedPhoto& photo : located.photos) found.insert(FoldedName(photo.name));
  const auto repeated = std::stable_partition(located.missing.begin(), located.missing.end(),
                                              [&](const auto& name) { return found.count(FoldedName(name)) == 0; });
  const std::vector<std::string> names(repeated, located.missing.end());
  located.missing.erase(repeated, located.missing.end());
  if (names.empty()) return;
  located.warnings.push_back(StrCat(folder.path, ": the ", scene.source, " has photos more than once, in another ",
                                    "spelling; these entries do not count: ", NamesInBrief(names)));
}

// The photos that may be meant by an ambiguous name, for a message.
std::string DescribeAmbiguous(const PhotoFolder& folder, const std::string& name) {
  const auto stem = [](const std::string& path) { return FoldedName(fs::path(PlainName(path)).stem().string()); };
  std::string photos;
  for (const std::string& photo : folder.names) {
    if (stem(photo) == stem(name)) photos += (photos.empty() ? "" : " or ") + photo;
  }
  return StrCat(name, " is ", photos);
}

// Whether the folder is named images_4 or the like and all photos of the source lie in its sibling `images`: the other
// version of these photos, which LLFF scales and renames.
bool IsScaledBesideOwn(const PhotoFolder& folder, const PosePlace& place, const SceneDescription& scene) {
  const fs::path path = (fs::absolute(folder.path) / "").lexically_normal().parent_path();
  const std::string name = path.filename().string();
  if (name.rfind("images_", 0) != 0 || name.size() == 7 ||
      name.find_first_not_of("0123456789", 7) != std::string::npos) {
    return false;
  }
  return std::all_of(scene.photos.begin(), scene.photos.end(), [&](const PosedPhoto& photo) {
    const auto own = OwnFile(place, photo);
    return own && LiesIn(*own, path.parent_path() / "images");
  });
}

// Pairs photos whose names are none of the source's, if they are the same ones renamed.
void PairRenamed(const PhotoFolder& folder, const SceneDescription& scene, LocatedPhotos& located) {
  const auto renamed = PairRenamedPhotos(NamesOf(scene.photos), folder.names);
  if (!renamed) return;
  located.missing.clear();
  located.without_pose.clear();
  std::vector<bool> posed(folder.names.size());
  std::string first, last;
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    if (!renamed->photo[i]) {
      located.missing.push_back(scene.photos[i].name);
      continue;
    }
    const std::string& file = folder.names[*renamed->photo[i]];
    posed[*renamed->photo[i]] = true;
    located.photos.push_back(scene.photos[i]);
    located.photos.back().path = (fs::path(folder.path) / file).string();
    last = StrCat(scene.photos[i].name, " with ", file);
    if (first.empty()) first = last;
  }
  for (size_t i = 0; i < posed.size(); ++i) {
    if (!posed[i]) located.without_pose.push_back(folder.names[i]);
  }
  located.in_folder = located.photos.size();
  located.in_order = true;
  located.by_shared_names = !renamed->in_order;
  located.warnings.push_back(StrCat(folder.path, ": its photos have other names than those of the ", scene.source,
                                    "; paired ", renamed->in_order ? "in sorted order" : "by what the names share",
                                    ", ", first, " to ", last));
}

// The photos of a source without names are those of the folder, if there are as many.
LocatedPhotos LocateInOrder(const PhotoFolder& folder, const SceneDescription& scene) {
  LocatedPhotos located;
  if (folder.names.size() != scene.photos.size()) {
    located.missing = NamesOf(scene.photos);
    return located;
  }
  located.photos = scene.photos;
  for (size_t i = 0; i < located.photos.size(); ++i) {
    located.photos[i].name = folder.names[i];
    located.photos[i].path = (fs::path(folder.path) / folder.names[i]).string();
  }
  located.in_folder = located.photos.size();
  located.in_order = true;
  return located;
}

// The photos of a source, each found by its name or at its place.
struct FoundPhotos {
  LocatedPhotos located;
  std::vector<bool> posed;                       // [photos of the folder]
  std::vector<std::string> by_place, ambiguous;  // names that several photos have: found by their place, and not found
};

FoundPhotos FindEach(const PhotoFolder& folder, const PosePlace& place, const SceneDescription& scene,
                     const PhotoMatches& matches) {
  FoundPhotos found;
  LocatedPhotos& located = found.located;
  std::vector<bool>& posed = found.posed;
  posed.resize(folder.names.size());
  std::vector<bool> placed(scene.photos.size());
  const auto by_path = matches.ambiguous.empty() ? std::map<std::string, size_t>{} : ByAbsolutePath(folder);
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    PosedPhoto photo = scene.photos[i];
    if (matches.photo[i]) {
      posed[*matches.photo[i]] = true;
      photo.path = (fs::path(folder.path) / folder.names[*matches.photo[i]]).string();
      located.at_own_path = located.at_own_path || IsAtOwnPath(place, scene.photos[i], photo.path);
      located.photos.push_back(std::move(photo));
      ++located.in_folder;
      continue;
    }
    const auto own = OwnFile(place, photo);
    const bool asked_for = own && (LiesIn(*own, folder.given) || photo.split == Split::kTest);
    if (asked_for && *own == OwnPaths(place, photo).front()) {  // not the same name in another version of the photos
      photo.path = own->string();
      located.at_own_path = true;
      const auto listed = by_path.find(Absolute(*own).string());
      placed[i] = listed != by_path.end() && !posed[listed->second];
      if (placed[i]) {
        posed[listed->second] = true;
        ++located.in_folder;
      }
      located.photos.push_back(std::move(photo));
    } else {
      located.own_elsewhere = located.own_elsewhere || own.has_value();
      located.missing.push_back(photo.name);
    }
  }
  for (const size_t i : matches.ambiguous) {
    (placed[i] ? found.by_place : found.ambiguous).push_back(scene.photos[i].name);
  }
  return found;
}

}  // namespace

LocatedPhotos LocatePhotos(const PhotoFolder& folder, const PosePlace& place, const SceneDescription& scene) {
  if (scene.in_order) return LocateInOrder(folder, scene);
  const PhotoMatches matches = MatchPhotos(NamesOf(scene.photos), folder.path, folder.names);
  FoundPhotos found = FindEach(folder, place, scene, matches);
  LocatedPhotos& located = found.located;
  located.own_namesakes = AreNamesakes(place, scene, located);
  for (size_t i = 0; i < folder.names.size(); ++i) {
    if (!found.posed[i]) located.without_pose.push_back(folder.names[i]);
  }
  WarnOfLooseMatches(folder, scene, matches, located.warnings);
  WarnOfAmbiguous(folder, scene, found.by_place, found.ambiguous, located.warnings);
  TakeRepeatedFromMissing(folder, scene, located);
  if (!found.ambiguous.empty()) located.ambiguous = DescribeAmbiguous(folder, found.ambiguous.front());
  const bool only_held_out = std::all_of(located.photos.begin(), located.photos.end(),
                                         [](const PosedPhoto& photo) { return photo.split == Split::kTest; });
  if (located.in_folder == 0 && only_held_out) {
    located.own_elsewhere = located.own_elsewhere || !located.photos.empty();
    located.photos.clear();
  }
  if (located.photos.empty() && matches.ambiguous.empty() && folder.names.size() == scene.photos.size()) {
    located.scaled_beside_own = located.own_elsewhere && IsScaledBesideOwn(folder, place, scene);
    if (!located.own_elsewhere || located.scaled_beside_own) PairRenamed(folder, scene, located);
  }
  return std::move(found.located);
}

}  // namespace splat::data
