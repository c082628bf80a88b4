#include "data/sfm/sfm_plan.h"

#include <algorithm>

#include "core/check.h"

namespace splat::data {
namespace {

constexpr int kLargeImageSize = 2400, kLargeFeatures = 8192;  // few photos, or many threads
constexpr size_t kFewPhotos = 25;
constexpr int kManyThreads = 12;
constexpr size_t kManyPhotos = 1000;  // from here on scoring every pair takes longer than matching
constexpr int kScoreFeatures = 500, kScoreFeaturesManyPhotos = 300;
constexpr size_t kScoredFrames = 500;                      // of a long video
constexpr int kMaxImageSize = 6400, kMaxFeatures = 16384;  // of an attempt with more features
constexpr double kLowPeakThreshold = 0.003;                // COLMAP: 0.0067

SfmPlan FirstPlan(const SfmFacts& facts, const SfmOptions& options) {
  SfmPlan plan;
  const bool large = facts.photos <= kFewPhotos || (facts.threads >= kManyThreads && facts.photos <= kManyPhotos);
  if (large) plan.max_image_size = kLargeImageSize;
  if (large) plan.max_features = kLargeFeatures;
  if (options.max_image_size > 0) plan.max_image_size = options.max_image_size;
  if (options.max_features > 0) plan.max_features = options.max_features;
  plan.pairs = ChoosePairs(facts.photos, options);
  plan.partners = kPartners;
  plan.score_features = facts.photos > kManyPhotos ? kScoreFeaturesManyPhotos : kScoreFeatures;
  const bool long_video = facts.video_like && facts.photos > kManyPhotos;
  plan.score_stride = long_video ? int((facts.photos + kScoredFrames - 1) / kScoredFrames) : 1;
  plan.colmap_matcher = facts.gpu_matching || plan.pairs == PairChoice::kVocabTree;
  return plan;
}

}  // namespace

std::optional<SfmPlan> PlanAttempt(int attempt, const SfmFacts& facts, const SfmOptions& options) {
  SfmPlan plan = FirstPlan(facts, options);
  if (attempt <= 1) return plan;
  const int last = facts.has_global_mapper ? 4 : 3;
  if (attempt > last) return std::nullopt;

  plan.mapper = attempt == 4 ? SfmMapper::kGlobal : SfmMapper::kIncrementalRelaxed;
  const bool all = facts.photos <= kPhotosForAllPairs;
  if (plan.pairs != PairChoice::kVocabTree) {
    plan.pairs = all ? PairChoice::kAll : PairChoice::kScored;
    plan.partners = kPartnersRelaxed;
  }
  plan.description = StrCat(all ? "all pairs" : "more pairs", " of photos and lowered thresholds");
  if (attempt == 2) return plan;
  plan.database = "database_more_features.db";
  plan.max_image_size = std::max(plan.max_image_size, std::min(kMaxImageSize, plan.max_image_size * 3 / 2));
  plan.max_features = std::max(plan.max_features, std::min(kMaxFeatures, plan.max_features * 2));
  plan.peak_threshold = kLowPeakThreshold;
  plan.description += StrCat(", up to ", plan.max_features, " features per photo");
  if (attempt == 4) plan.description += ", and COLMAP's global mapper";
  return plan;
}

bool EnoughRegistered(size_t registered, size_t photos) {
  return registered * 10 >= photos * (photos <= 30 ? 9 : 8);
}

}  // namespace splat::data
