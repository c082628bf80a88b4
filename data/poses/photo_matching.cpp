#include "data/poses/photo_matching.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "core/check.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNamesShown = 5;  // in a message

// The text without its case and in Unicode's composed form; bytes that are no UTF-8 lose the case of ASCII only.
std::string Folded(const std::string& text) {
  utf8proc_uint8_t* bytes = nullptr;
  const auto options = utf8proc_option_t(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             utf8proc_ssize_t(text.size()), &bytes, options);
  std::string folded = text;
  if (size >= 0) {
    folded.assign(reinterpret_cast<const char*>(bytes), size_t(size));
  } else {
    folded = LowerAscii(folded);
  }
  std::free(bytes);  // NOLINT(cppcoreguidelines-no-malloc): the library's memory is given back so
  return folded;
}

// Names from Blender have no extension, and a number behind a dot ("frame.0001") is none.
bool HasExtension(const std::string& file) {
  const std::string extension = fs::path(file).extension().string();
  return extension.size() >= 2 && extension.size() <= 5 &&
         std::any_of(extension.begin(), extension.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

// A name cut at its folders, in the forms that are compared.
struct Parts {
  std::vector<std::string> folders;  // folded, the innermost first
  std::string file, folded, stem;

  explicit Parts(const std::string& name) {
    const fs::path path(PlainName(name));
    file = path.filename().string();
    folded = Folded(file);
    stem = HasExtension(file) ? Folded(path.stem().string()) : folded;
    for (fs::path at = path.parent_path(); at.has_filename(); at = at.parent_path()) {
      folders.push_back(Folded(at.filename().string()));
    }
  }
  const std::string& Key(NameMatch kind) const {
    return kind == NameMatch::kExact ? file : kind == NameMatch::kSameText ? folded : stem;
  }
};

size_t CommonFolders(const Parts& a, const Parts& b) {
  size_t count = 0;
  while (count < std::min(a.folders.size(), b.folders.size()) && a.folders[count] == b.folders[count]) ++count;
  return count;
}

// The names and photos that have one key.
struct Group {
  std::vector<size_t> names, photos;
};

// The element of `all` with which `rate` is largest; nothing if several are. `all` is not empty.
template <typename Rate>
std::optional<size_t> UniqueBest(const std::vector<size_t>& all, const Rate& rate) {
  std::optional<size_t> best;
  size_t most = 0;
  bool unique = false;
  for (const size_t candidate : all) {
    const size_t value = rate(candidate);
    if (best && value < most) continue;
    unique = !best || value > most;
    best = candidate;
    most = value;
  }
  return unique ? best : std::nullopt;
}

class Matcher {
 public:
  Matcher(const std::vector<std::string>& names, const std::string& folder, const std::vector<std::string>& photos) {
    const fs::path absolute = fs::absolute(folder);
    for (const std::string& name : names) names_.emplace_back(name);
    for (const std::string& photo : photos) photos_.emplace_back((absolute / photo).string());
    taken_.resize(photos.size());
    matches_.photo.resize(names.size());
    matches_.how.resize(names.size(), NameMatch::kExact);
  }

  PhotoMatches Run() {
    for (const NameMatch kind : {NameMatch::kExact, NameMatch::kSameText, NameMatch::kStem}) {
      std::map<std::string, Group> groups;
      for (size_t i = 0; i < names_.size(); ++i) {
        if (!matches_.photo[i]) groups[names_[i].Key(kind)].names.push_back(i);
      }
      for (size_t i = 0; i < photos_.size(); ++i) {
        const auto group = groups.find(photos_[i].Key(kind));
        if (!taken_[i] && group != groups.end()) group->second.photos.push_back(i);
      }
      for (auto& [key, group] : groups) MatchGroup(group, kind);
    }
    return std::move(matches_);
  }

 private:
  // Pairs each name with a photo where both are each other's best, until no such pair is left.
  void MatchGroup(Group& group, NameMatch kind) {
    bool found = true;
    while (found && !group.names.empty() && !group.photos.empty()) {
      found = false;
      for (const size_t name : std::vector<size_t>(group.names)) {
        if (group.photos.empty()) break;
        const auto photo =
            UniqueBest(group.photos, [&](size_t other) { return CommonFolders(names_[name], photos_[other]); });
        if (!photo) continue;
        const auto back =
            UniqueBest(group.names, [&](size_t other) { return CommonFolders(names_[other], photos_[*photo]); });
        if (back != name) continue;
        matches_.photo[name] = photo;
        matches_.how[name] = kind;
        ++matches_.count;
        taken_[*photo] = true;
        group.names.erase(std::find(group.names.begin(), group.names.end(), name));
        group.photos.erase(std::find(group.photos.begin(), group.photos.end(), *photo));
        found = true;
      }
    }
    if (kind != NameMatch::kStem || group.photos.empty()) return;
    matches_.ambiguous.insert(matches_.ambiguous.end(), group.names.begin(), group.names.end());
  }

  std::vector<Parts> names_, photos_;
  std::vector<bool> taken_;
  PhotoMatches matches_;
};

}  // namespace

std::string PlainName(const std::string& name) {
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '\\', '/');
  const bool drive =
      plain.size() > 2 && plain[1] == ':' && plain[2] == '/' && std::isalpha((unsigned char)plain[0]) != 0;
  return fs::path(drive ? plain.substr(2) : plain).lexically_normal().string();
}

std::string NamesInBrief(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > kNamesShown ? StrCat(text, ", ... (", names.size(), " in all)") : text;
}

PhotoMatches MatchPhotos(const std::vector<std::string>& names, const std::string& folder,
                         const std::vector<std::string>& photos) {
  return Matcher(names, folder, photos).Run();
}

}  // namespace splat::data
