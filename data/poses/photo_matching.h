// This header finds the file that is meant by the name that a source of poses gives a photo. The names may come from
// another machine, another system or another export of the photos.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace splat::data {

// Returns the name with "/" instead of "\", without a drive ("C:"), and without "." and ".." where they say nothing.
std::string PlainName(const std::string& name);

// Returns that name in lower case and in Unicode's composed form: it is equal for the spellings of one name.
std::string FoldedName(const std::string& name);

// These are the ways in which a name can be found, the strictest first.
enum class NameMatch {
  kExact,     // the file's name, byte for byte
  kSameText,  // the same text in another form of Unicode, or in other case
  kStem,      // the same text up to the extension
  kDecoded,   // the same text up to the extension, with "%20" and the like in name, file and folders decoded
};

struct PhotoMatches {
  // [names] index into the photos; nothing where a name has no file, or where the folders leave several to choose from.
  std::vector<std::optional<size_t>> photo;
  std::vector<NameMatch> how;     // [names], where there is a photo
  std::vector<size_t> ambiguous;  // names that several files have equally well
  std::vector<size_t> one_kind;   // names without an extension, of whose several files one kind was taken
  size_t count = 0;               // how many names have a file
  size_t steps = 0;               // folders that were looked at for it: the work, which grows with the names' number
};

// Finds the file of each name among `photos`, which are relative to `folder`. Names may include folders, also those of
// another machine: the last parts must agree, and among several files, or several names for one file, those belong
// together that agree in more of their folders. A file is never given to two names. All exact matches are made before
// the next looser kind is tried. Of files that differ in their extension alone, as a.jpg and a.png, a name without an
// extension means the one whose kind most of the photos have; if there are equally many, the kind that comes first in
// kPhotoExtensions.
PhotoMatches MatchPhotos(const std::vector<std::string>& names, const std::string& folder,
                         const std::vector<std::string>& photos);

}  // namespace splat::data
