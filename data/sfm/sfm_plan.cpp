#include "data/sfm/sfm_plan.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "core/check.h"

namespace splat::data {
namespace {

// fox (50 photos of 2 MP): 4096 features at 1600 px and 20 partners per photo give 13,400 points at 0.94 px in 217 s of
// processor time; all pairs give 2 % more points and take twice as long to match. banana (16 photos of 6 MP, noisy)
// places 14 photos so, 15 with 8192 features.
constexpr int kDefaultImageSize = 1600, kDefaultFeatures = 4096;
constexpr int kLargeImageSize = 2400, kLargeFeatures = 8192;  // few photos, or many threads
constexpr size_t kFewPhotos = 25;
constexpr int kManyThreads = 12;
constexpr size_t kManyPhotos = 1000;       // from here on scoring every pair takes longer than matching
constexpr size_t kAllPairsByDefault = 25;  // up to here all pairs are cheap
constexpr int kPartners = 20, kPartnersRelaxed = 60;
constexpr int kScoreFeatures = 500, kScoreFeaturesManyPhotos = 300;
constexpr size_t kScoredFrames = 500;                      // of a long video
constexpr int kMaxImageSize = 6400, kMaxFeatures = 16384;  // of an attempt with more features
constexpr double kLowPeakThreshold = 0.003;                // COLMAP: 0.0067

PairChoice ChoosePairs(const SfmFacts& facts, const SfmOptions& options) {
  const std::string& matcher = options.matcher;
  if (matcher == "exhaustive") return PairChoice::kAll;
  if (matcher == "sequential") return PairChoice::kSequential;
  if (matcher == "vocab_tree") {
    SPLAT_CHECK(!options.vocab_tree_path.empty(),
                "matcher vocab_tree: the vocabulary tree file is missing; give its path, or use matcher auto");
    return PairChoice::kVocabTree;
  }
  SPLAT_CHECK(matcher == "auto", "matcher: \"", matcher, "\" is none of auto, exhaustive, sequential, vocab_tree");
  return facts.photos <= kAllPairsByDefault ? PairChoice::kAll : PairChoice::kScored;
}

SfmPlan FirstPlan(const SfmFacts& facts, const SfmOptions& options) {
  SfmPlan plan;
  const bool large = facts.photos <= kFewPhotos || (facts.threads >= kManyThreads && facts.photos <= kManyPhotos);
  plan.max_image_size = large ? kLargeImageSize : kDefaultImageSize;
  plan.max_features = large ? kLargeFeatures : kDefaultFeatures;
  if (options.max_image_size > 0) plan.max_image_size = options.max_image_size;
  if (options.max_features > 0) plan.max_features = options.max_features;
  plan.pairs = ChoosePairs(facts, options);
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

bool LooksLikeVideo(const std::vector<std::string>& sorted_names) {
  if (sorted_names.size() < 3) return false;
  std::string prefix;
  std::vector<long> numbers;
  for (const std::string& name : sorted_names) {
    size_t end = name.rfind('.');
    if (end == std::string::npos) end = name.size();
    size_t begin = end;
    while (begin > 0 && std::isdigit(static_cast<unsigned char>(name[begin - 1]))) --begin;
    if (begin == end || end - begin > 9) return false;
    if (numbers.empty()) prefix = name.substr(0, begin);
    if (name.compare(0, begin, prefix) != 0 || begin != prefix.size()) return false;
    numbers.push_back(std::stol(name.substr(begin, end - begin)));
  }
  std::map<long, size_t> steps;
  for (size_t i = 1; i < numbers.size(); ++i) ++steps[numbers[i] - numbers[i - 1]];
  size_t most = 0;
  for (const auto& [step, count] : steps) {
    if (step > 0) most = std::max(most, count);
  }
  return most * 10 >= (numbers.size() - 1) * 9;
}

std::vector<PhotoPair> AllPairs(size_t photos, size_t stride) {
  std::vector<PhotoPair> pairs;
  for (size_t i = 0; i < photos; i += stride) {
    for (size_t j = i + stride; j < photos; j += stride) pairs.emplace_back(int(i), int(j));
  }
  return pairs;
}

std::vector<PhotoPair> SequentialPairs(size_t photos, int overlap) {
  std::vector<PhotoPair> pairs;
  for (size_t i = 0; i < photos; ++i) {
    for (int k = 1; k <= overlap; ++k) {
      if (i + size_t(k) < photos) pairs.emplace_back(int(i), int(i) + k);
      const size_t far = i + (size_t(1) << (k - 1));
      if (far > i + size_t(overlap) && far < photos) pairs.emplace_back(int(i), int(far));
    }
  }
  return UnionOfPairs(std::move(pairs), {});
}

std::vector<PhotoPair> BestPairs(size_t photos, std::vector<ScoredPair> scored, int partners) {
  std::sort(scored.begin(), scored.end(), [](const ScoredPair& a, const ScoredPair& b) {
    return a.score != b.score ? a.score > b.score : a.pair < b.pair;
  });
  std::vector<int> taken(photos, 0);
  std::vector<PhotoPair> pairs;
  for (const ScoredPair& candidate : scored) {
    if (candidate.score < kMinPairScore) break;
    int& first = taken[size_t(candidate.pair.first)];
    int& second = taken[size_t(candidate.pair.second)];
    if (first >= partners && second >= partners) continue;
    ++first;
    ++second;
    pairs.push_back(candidate.pair);
  }
  return UnionOfPairs(std::move(pairs), {});
}

std::vector<PhotoPair> UnionOfPairs(std::vector<PhotoPair> a, const std::vector<PhotoPair>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

}  // namespace splat::data
