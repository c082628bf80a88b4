// A plan says what to ask of COLMAP for a given number of photos on a given machine, and what to try next if too few
// photos were placed. The functions are pure: they touch no file and no process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "data/sfm/photo_pairs.h"
#include "data/sfm/sfm.h"

namespace splat::data {

enum class SfmMapper {
  kIncremental,
  kIncrementalRelaxed,  // thresholds for beginning and for placing a photo lowered
  kGlobal,              // COLMAP 4's global_mapper
};

// One attempt.
struct SfmPlan {
  // Fox (50 photos of 2 MP): 4096 features at 1600 px and 20 partners per photo give 13,400 points at 0.94 px in 217 s
  // of processor time; all pairs give 2 % more points and take twice as long to match. Banana (16 photos of 6 MP,
  // noisy) places 14 photos so, 15 with 8192 features.
  int max_image_size = 1600;  // px, longer side at which features are sought
  int max_features = 4096;    // per photo
  double peak_threshold = 0;  // of SIFT, 0: COLMAP's default
  PairChoice pairs = PairChoice::kAll;
  int partners = 0;             // kScored: kept per photo
  int score_features = 0;       // kScored: largest features per photo that are compared to score a pair
  int score_stride = 1;         // kScored: every how many photos take part in the scoring
  bool colmap_matcher = false;  // COLMAP matches (on a GPU); else we do and COLMAP only verifies
  SfmMapper mapper = SfmMapper::kIncremental;
  std::string database = "database.db";  // an attempt with other features has one of its own
  std::string description;               // what is special about it, for a person: "all pairs and lowered thresholds"
};

// A plan is chosen by these facts.
struct SfmFacts {
  size_t photos = 0;
  int threads = 1;
  bool video_like = false;  // LooksLikeVideo
  bool gpu_matching = false;
  bool has_global_mapper = false;
};

// Returns the plan of attempt 1, 2, .... The first one is as the options and the defaults say; the next ones take all
// pairs (up to kPhotosForAllPairs) and lower thresholds, then more features, then the global mapper if there is one.
// Returns nothing when there is nothing left to try. Throws splat::Error for an option that makes no sense.
std::optional<SfmPlan> PlanAttempt(int attempt, const SfmFacts& facts, const SfmOptions& options);

constexpr size_t kPhotosForAllPairs = 300;  // 45,000 pairs: about half an hour on 2 cores

// Whether the result is good enough not to try again: it has at least 80 % of the photos, or 90 % of 30 photos or
// fewer.
bool EnoughRegistered(size_t registered, size_t photos);

}  // namespace splat::data
