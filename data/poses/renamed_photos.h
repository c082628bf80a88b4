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

// Pairs as many names as photos. Those go together that share the number of their series (1.jpg and frame_0001.png) or
// the name itself but for what stands before or behind it in all of them (a.jpg and a_edit.jpg), if that pairs most of
// them; the rest is left out. Names that share nothing are paired in natural order, in which 2 goes before 10, as are
// series of which one was numbered anew from 0. Nothing where that could be another order than the names': only some
// are shared, one side is a series but for a foreign file, or the series are shifted against each other.
std::optional<RenamedPhotos> PairRenamedPhotos(const std::vector<std::string>& names,
                                               const std::vector<std::string>& photos);

}  // namespace splat::data
