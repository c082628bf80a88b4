// This stage chooses pairs of photos and matches their features, reading from and writing to COLMAP's database. COLMAP
// then verifies the matches geometrically: its matchers leave out the matching of pairs whose raw matches are already
// there.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/parallel.h"
#include "data/sfm/colmap_database.h"
#include "data/sfm/sfm_plan.h"

namespace splat::data {

struct MatchingCalls {
  // This function is called now and then with the part done, 0..1, and words: "matched 310 of 612 pairs". It may be
  // empty.
  std::function<void(double, const std::string&)> progress;
  // This function is asked between small pieces of work; true throws SfmCancelled, with what is done so far in the
  // database. It may be empty.
  std::function<bool()> cancelled;
};

struct MatchingSummary {
  size_t all_pairs = 0;
  size_t chosen_pairs = 0;
  size_t compared_pairs = 0;  // chosen, and not yet in the database
};

// Chooses the pairs that `plan` asks for, as indices into `images`. kScored compares the largest features of each pair.
std::vector<PhotoPair> PairsToMatch(const ColmapDatabase& database, const std::vector<DatabaseImage>& images,
                                    const SfmPlan& plan, Executor& executor, const MatchingCalls& calls);

// Matches all features of the chosen pairs; pairs that have raw matches in the database already are skipped, so an
// interrupted run continues. All other pairs get an empty row, so that COLMAP's exhaustive_matcher, which is run next,
// compares nothing itself. The result does not depend on the number of threads.
MatchingSummary MatchPhotos(ColmapDatabase& database, const SfmPlan& plan, Executor& executor,
                            const MatchingCalls& calls);

}  // namespace splat::data
