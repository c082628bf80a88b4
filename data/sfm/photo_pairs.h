// This header decides which pairs of photos are matched: it has the rule, and the pairs of each kind of choice. The
// functions are pure; later attempts may take more pairs (data/sfm/sfm_plan.h), and own_matching.h carries out what is
// chosen.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "data/sfm/sfm_options.h"

namespace splat::data {

enum class PairChoice {
  kAll,         // every pair
  kScored,      // for each photo the partners that look most alike, and its neighbours by name
  kSequential,  // neighbours by name only
  kVocabTree,   // COLMAP's vocab_tree_matcher with the user's tree
};

// Returns the choice for so many photos, as the options or, with the matcher auto, as their number says. Throws
// splat::Error for an option that makes no sense.
PairChoice ChoosePairs(size_t photos, const SfmOptions& options);

// Whether sorted names look like frames of a video: one series of numbers with a nearly constant step.
bool LooksLikeVideo(const std::vector<std::string>& sorted_names);

using PhotoPair = std::pair<int, int>;  // indices into the sorted photos, first < second

struct ScoredPair {
  PhotoPair pair;
  size_t score = 0;
};

// All pairs of every `stride`-th photo.
std::vector<PhotoPair> AllPairs(size_t photos, size_t stride = 1);
// Pairs each photo with the `overlap` next ones by name and those 2, 4, 8, ... further on, up to 2^(overlap - 1).
constexpr int kOverlap = 10;
std::vector<PhotoPair> SequentialPairs(size_t photos, int overlap = kOverlap);
// Finds for each photo the `partners` pairs with the highest score that it takes part in. The result is sorted and
// without doubles. Pairs with a score below kMinPairScore count as unrelated.
std::vector<PhotoPair> BestPairs(size_t photos, std::vector<ScoredPair> scored, int partners);
// Returns the pairs of both, sorted and without doubles.
std::vector<PhotoPair> UnionOfPairs(std::vector<PhotoPair> a, const std::vector<PhotoPair>& b);

constexpr size_t kMinPairScore = 4;
// Partners that each photo gets at first, and in a further attempt.
constexpr int kPartners = 20, kPartnersRelaxed = 60;

// Returns the pairs of PairChoice::kScored: the best partners of each photo, and neighbours by name; of these more
// where only every `stride`-th photo was scored.
std::vector<PhotoPair> PairsOfScores(size_t photos, std::vector<ScoredPair> scored, int partners, int stride);

}  // namespace splat::data
