#include "data/poses/photo_matching.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include "core/printable.h"
#include "data/photos/folder_files.h"
#include "data/photos/photo_files.h"
#include "io/percent_encoding.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

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
  std::string name, file, folded, stem;

  explicit Parts(const std::string& the_name) : name(the_name) {
    if (name.size() > kLongestPath) {  // no file has it: its folders would only cost time
      file = folded = stem = name;
      return;
    }
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

// The names and photos that have one key.
struct Group {
  std::vector<size_t> names, photos;
};

// The folders of a group as a tree whose root is the folder that holds the file, and whose branches are the folders
// around it. A node knows how many names and photos it and its branches have, and one of each.
class FolderTree {
 public:
  struct Node {
    size_t parent = 0;
    size_t names = 0, photos = 0;
    size_t name = 0, photo = 0;
  };

  void AddName(const Parts& parts, size_t name) {
    Node& node = nodes_[NodeOf(parts)];
    ++node.names;
    node.name = name;
  }
  void AddPhoto(const Parts& parts, size_t photo) {
    Node& node = nodes_[NodeOf(parts)];
    ++node.photos;
    node.photo = photo;
  }
  // Calls pair(name, photo) for those that are alone with each other in a node, from the branches to the root: each of
  // them has more folders in common with the other than with all that are left then.
  template <typename Pair>
  void PairAlone(const Pair& pair) {
    for (size_t i = nodes_.size(); i-- > 0;) {  // a branch stands behind its parent
      const Node node = nodes_[i];
      if (node.names == 1 && node.photos == 1) {
        pair(node.name, node.photo);
        nodes_[i].names = nodes_[i].photos = 0;
        continue;
      }
      if (i == 0) continue;
      Node& parent = nodes_[node.parent];
      parent.names += node.names;
      parent.photos += node.photos;
      if (node.names > 0) parent.name = node.name;
      if (node.photos > 0) parent.photo = node.photo;
    }
  }
  // What PairAlone has left over.
  const Node& root() const { return nodes_[0]; }
  size_t steps() const { return steps_; }

 private:
  size_t NodeOf(const Parts& parts) {
    size_t at = 0;
    for (const std::string& folder : parts.folders) {
      const auto [branch, added] = branches_.try_emplace({at, folder}, nodes_.size());
      if (added) nodes_.push_back({at});
      at = branch->second;
    }
    steps_ += parts.folders.size() + 1;
    return at;
  }

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::map<std::pair<size_t, std::string>, size_t> branches_;  // by parent and folder
  size_t steps_ = 0;
};

class Matcher {
 public:
  Matcher(const std::vector<std::string>& names, const std::string& folder, const std::vector<std::string>& photos) {
    const fs::path absolute = fs::absolute(folder);
    for (const std::string& name : names) names_.emplace_back(name);
    for (const std::string& photo : photos) {
      photos_.emplace_back((absolute / photo).string());
      ++of_kind_[LowerExtension(photo)];
    }
    taken_.resize(photos.size());
    matches_.photo.resize(names.size());
    matches_.how.resize(names.size(), NameMatch::kExact);
  }

  PhotoMatches Run() {
    for (const NameMatch kind : {NameMatch::kExact, NameMatch::kSameText, NameMatch::kStem}) MatchBy(kind);
    const bool some_encoded = Decode(names_) + Decode(photos_) > 0;
    if (some_encoded) MatchBy(NameMatch::kDecoded);
    return std::move(matches_);
  }

 private:
  // How many were changed.
  static size_t Decode(std::vector<Parts>& all) {
    size_t changed = 0;
    for (Parts& parts : all) {
      if (parts.name.find('%') == std::string::npos) continue;
      parts = Parts(PercentDecoded(parts.name).value_or(parts.name));
      ++changed;
    }
    return changed;
  }

  void MatchBy(NameMatch kind) {
    std::map<std::string, Group> groups;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (!matches_.photo[i]) groups[names_[i].Key(kind)].names.push_back(i);
    }
    for (size_t i = 0; i < photos_.size(); ++i) {
      const auto group = groups.find(photos_[i].Key(kind));
      if (!taken_[i] && group != groups.end()) group->second.photos.push_back(i);
    }
    matches_.ambiguous.clear();
    for (auto& [key, group] : groups) {
      const bool bare = std::none_of(group.names.begin(), group.names.end(),
                                     [&](size_t name) { return HasExtension(names_[name].file); });
      const std::vector<size_t> chosen = bare && kind >= NameMatch::kStem ? KeepOneKind(group) : std::vector<size_t>{};
      MatchGroup(group, kind);
      for (const size_t name : group.names) {
        const auto photo = matches_.photo[name];
        if (photo && std::count(chosen.begin(), chosen.end(), *photo) > 0) matches_.one_kind.push_back(name);
      }
    }
  }

  // What goes before what of files of one name.
  auto KindRank(size_t photo) const {
    const std::string extension = LowerExtension(photos_[photo].file);
    return std::pair(-int64_t(of_kind_.at(extension)),
                     std::find(kPhotoExtensions.begin(), kPhotoExtensions.end(), extension) - kPhotoExtensions.begin());
  }

  // Of the photos of a group that lie in one folder only the preferred one stays. Returns those that were preferred.
  std::vector<size_t> KeepOneKind(Group& group) const {
    std::map<std::vector<std::string>, std::vector<size_t>> by_folder;
    for (const size_t photo : group.photos) by_folder[photos_[photo].folders].push_back(photo);
    std::vector<size_t> chosen;
    group.photos.clear();
    for (auto& [folder, photos] : by_folder) {
      const size_t best = *std::min_element(photos.begin(), photos.end(),
                                            [&](size_t a, size_t b) { return KindRank(a) < KindRank(b); });
      if (photos.size() > 1) chosen.push_back(best);
      group.photos.push_back(best);
    }
    return chosen;
  }

  // Pairs each name with a photo where both are each other's best, until no such pair is left.
  void MatchGroup(const Group& group, NameMatch kind) {
    if (group.names.empty() || group.photos.empty()) return;
    FolderTree tree;
    for (const size_t name : group.names) tree.AddName(names_[name], name);
    for (const size_t photo : group.photos) tree.AddPhoto(photos_[photo], photo);
    tree.PairAlone([&](size_t name, size_t photo) {
      matches_.photo[name] = photo;
      matches_.how[name] = kind;
      ++matches_.count;
      taken_[photo] = true;
    });
    matches_.steps += tree.steps();
    if (tree.root().photos == 0) return;
    for (const size_t name : group.names) {
      if (!matches_.photo[name]) matches_.ambiguous.push_back(name);
    }
  }

  std::vector<Parts> names_, photos_;
  std::vector<bool> taken_;
  std::map<std::string, size_t> of_kind_;  // how many photos have an extension
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

std::string FoldedName(const std::string& name) {
  return Folded(PlainName(name));
}

PhotoMatches MatchPhotos(const std::vector<std::string>& names, const std::string& folder,
                         const std::vector<std::string>& photos) {
  return Matcher(names, folder, photos).Run();
}

}  // namespace splat::data
