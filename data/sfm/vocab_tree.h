// This header looks at the file of a vocabulary tree before COLMAP does, which ends in a lack of memory for others.
#pragma once

#include <string>

namespace splat::data {

// Throws splat::Error naming the file if it is none that COLMAP of this version ("3.8"; empty: not known) reads as a
// vocabulary tree: before 3.12 the number of words and their 128 bytes each, and an index of FLANN behind them; since
// then a version, and an index of Faiss. A path with "://" is left to COLMAP, which fetches such files.
void CheckVocabTree(const std::string& path, const std::string& colmap_version);

}  // namespace splat::data
