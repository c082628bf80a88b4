// Where no name in a source of poses is a photo's, the photos were renamed; this header finds which photo each name
// means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace splat::data {

struct RenamedPhotos {
  std::vector<std::optional<size_t>> photo;  // [names] index into the photos
  bool in_order = false;                     // paired by their order alone, since the names share nothing
};

// Pairs names with as many photos. A name and a photo belong together if they share the number of their series (1.jpg
// and frame_0001.png) or the name itself except for what stands before or after it in all of them (a.jpg and
// a_edit.jpg), if that pairs most of them; the rest is left out. Names that share nothing are paired in natural order,
// in which 2 goes before 10, and so are series one of which was renumbered from 0. Returns nothing if that could be
// another order than that of the names: if only some are shared, one side is a series except for a foreign file, or the
// series are shifted against each other.
std::optional<RenamedPhotos> PairRenamedPhotos(const std::vector<std::string>& names,
                                               const std::vector<std::string>& photos);

}  // namespace splat::data
