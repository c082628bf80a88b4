#include "data/sfm/own_matching.h"

#include <algorithm>
#include <list>
#include <memory>
#include <numeric>
#include <unordered_map>

#include "core/check.h"
#include "data/sfm/sfm.h"

namespace splat::data {
namespace {

constexpr int64_t kPairsPerChunk = 32;          // matched, then written: what an interruption loses at most
constexpr int64_t kScoredPairsPerChunk = 2048;  // 1 ms each
constexpr size_t kEmptyPairsPerChunk = 20000;
constexpr size_t kCacheBytes = size_t(1) << 30;  // of descriptors: 1600 photos of 5000 features

void Check(const MatchingCalls& calls) {
  if (calls.cancelled && calls.cancelled()) throw SfmCancelled();
}

// A phase's part of the whole: [begin, end) of 0..1.
struct Share {
  double begin, end;
};

void Report(const MatchingCalls& calls, const Share& share, const char* verb, size_t done, size_t total) {
  if (!calls.progress) return;
  const double part = double(done) / double(std::max<size_t>(total, 1));
  calls.progress(share.begin + (share.end - share.begin) * part, StrCat(verb, " ", done, " of ", total, " pairs"));
}

// The scoring's part of the time that scoring and matching take: pairs times features squared.
double ScoringShare(size_t photos, const SfmPlan& plan) {
  if (plan.pairs != PairChoice::kScored) return 0;
  const double scored = double(photos) * double(photos) / (2.0 * plan.score_stride * plan.score_stride);
  const double matched = std::min(0.75 * plan.partners * double(photos), double(photos) * double(photos) / 2);
  const double cost = scored * plan.score_features * plan.score_features;
  return cost / (cost + matched * plan.max_features * plan.max_features);
}

// The `count` features of largest scale; the lower number first among equals.
Descriptors LargestFeatures(const DatabaseFeatures& features, size_t count) {
  std::vector<size_t> order(features.scales.size());
  std::iota(order.begin(), order.end(), size_t(0));
  count = std::min(count, order.size());
  const auto larger = [&](size_t a, size_t b) {
    return features.scales[a] != features.scales[b] ? features.scales[a] > features.scales[b] : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(), larger);
  Descriptors largest;
  largest.count = count;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* row = features.descriptors.values.data() + order[i] * kDescriptorSize;
    largest.values.insert(largest.values.end(), row, row + kDescriptorSize);
  }
  return largest;
}

// Descriptors of photos, those used longest ago dropped above kCacheBytes.
class DescriptorCache {
 public:
  DescriptorCache(const ColmapDatabase& database, const std::vector<DatabaseImage>& images)
      : database_(database), images_(images) {}

  std::shared_ptr<const Descriptors> Get(int image) {
    const auto found = entries_.find(image);
    if (found != entries_.end()) {
      order_.splice(order_.begin(), order_, found->second.position);
      return found->second.descriptors;
    }
    auto loaded = std::make_shared<Descriptors>(database_.Features(images_[size_t(image)].id).descriptors);
    bytes_ += loaded->values.size();
    order_.push_front(image);
    entries_[image] = {loaded, order_.begin()};
    while (bytes_ > kCacheBytes && order_.size() > 2) {
      const auto oldest = entries_.find(order_.back());
      bytes_ -= oldest->second.descriptors->values.size();
      entries_.erase(oldest);
      order_.pop_back();
    }
    return loaded;
  }

 private:
  struct Entry {
    std::shared_ptr<const Descriptors> descriptors;
    std::list<int>::iterator position;
  };
  const ColmapDatabase& database_;
  const std::vector<DatabaseImage>& images_;
  std::list<int> order_;  // last used first
  std::unordered_map<int, Entry> entries_;
  size_t bytes_ = 0;
};

std::vector<ScoredPair> ScorePairs(const ColmapDatabase& database, const std::vector<DatabaseImage>& images,
                                   const SfmPlan& plan, Executor& executor, const MatchingCalls& calls) {
  const size_t stride = size_t(std::max(plan.score_stride, 1));
  std::vector<Descriptors> largest(images.size());
  for (size_t i = 0; i < images.size(); i += stride) {
    Check(calls);
    largest[i] = LargestFeatures(database.Features(images[i].id), size_t(plan.score_features));
  }
  const std::vector<PhotoPair> pairs = AllPairs(images.size(), stride);
  std::vector<ScoredPair> scored;
  scored.reserve(pairs.size());
  for (const PhotoPair& pair : pairs) scored.push_back({pair, 0});
  const int64_t total = int64_t(scored.size());
  for (int64_t begin = 0; begin < total; begin += kScoredPairsPerChunk) {
    Check(calls);
    const int64_t end = std::min(total, begin + kScoredPairsPerChunk);
    ParallelFor(executor, end - begin, 16, [&](int64_t from, int64_t to) {
      for (int64_t i = begin + from; i < begin + to; ++i) {
        const auto [first, second] = scored[size_t(i)].pair;
        scored[size_t(i)].score = MatchDescriptors(largest[size_t(first)], largest[size_t(second)], {}).size();
      }
    });
    Report(calls, {0, ScoringShare(images.size(), plan)}, "scored", size_t(end), size_t(total));
  }
  return scored;
}

// Matches one chunk of pairs and writes it.
void MatchChunk(ColmapDatabase& database, const std::vector<DatabaseImage>& images, DescriptorCache& cache,
                const PhotoPair* pairs, int64_t count, Executor& executor) {
  struct Job {
    std::shared_ptr<const Descriptors> first, second;
  };
  std::vector<Job> jobs;
  std::vector<DatabaseMatches> results;
  for (int64_t i = 0; i < count; ++i) {
    jobs.push_back({cache.Get(pairs[i].first), cache.Get(pairs[i].second)});
    results.push_back({images[size_t(pairs[i].first)].id, images[size_t(pairs[i].second)].id, {}});
  }
  executor.Run(count, [&](int64_t i) {
    results[size_t(i)].matches = MatchDescriptors(*jobs[size_t(i)].first, *jobs[size_t(i)].second, {});
  });
  database.WriteMatches(results);
}

// Gives each pair without a row an empty one.
void FillWithEmptyPairs(ColmapDatabase& database, const std::vector<DatabaseImage>& images,
                        const MatchingCalls& calls) {
  const std::unordered_set<int64_t> known = database.PairsWithRow();
  std::vector<DatabaseMatches> empty;
  for (size_t i = 0; i < images.size(); ++i) {
    for (size_t j = i + 1; j < images.size(); ++j) {
      if (known.count(DatabasePairId(images[i].id, images[j].id))) continue;
      empty.push_back({images[i].id, images[j].id, {}});
    }
    if (empty.size() >= kEmptyPairsPerChunk || i + 1 == images.size()) {
      Check(calls);
      database.WriteMatches(empty);
      empty.clear();
    }
  }
}

}  // namespace

std::vector<PhotoPair> PairsToMatch(const ColmapDatabase& database, const std::vector<DatabaseImage>& images,
                                    const SfmPlan& plan, Executor& executor, const MatchingCalls& calls) {
  if (plan.pairs == PairChoice::kAll) return AllPairs(images.size());
  if (plan.pairs == PairChoice::kSequential) return SequentialPairs(images.size());
  std::vector<ScoredPair> scored = ScorePairs(database, images, plan, executor, calls);
  return PairsOfScores(images.size(), std::move(scored), plan.partners, plan.score_stride);
}

MatchingSummary MatchPhotos(ColmapDatabase& database, const SfmPlan& plan, Executor& executor,
                            const MatchingCalls& calls) {
  const std::vector<DatabaseImage> images = database.Images();
  const std::unordered_set<int64_t> matched = database.MatchedPairs();
  std::vector<PhotoPair> pairs = PairsToMatch(database, images, plan, executor, calls);
  MatchingSummary summary;
  summary.all_pairs = images.size() * (images.size() - std::min<size_t>(images.size(), 1)) / 2;
  summary.chosen_pairs = pairs.size();
  pairs.erase(std::remove_if(pairs.begin(), pairs.end(),
                             [&](const PhotoPair& pair) {
                               return matched.count(DatabasePairId(images[size_t(pair.first)].id,
                                                                   images[size_t(pair.second)].id)) > 0;
                             }),
              pairs.end());
  summary.compared_pairs = pairs.size();

  DescriptorCache cache(database, images);
  const double scoring = ScoringShare(images.size(), plan);
  const size_t before = summary.chosen_pairs - summary.compared_pairs;
  for (size_t begin = 0; begin < pairs.size(); begin += size_t(kPairsPerChunk)) {
    Check(calls);
    const int64_t count = std::min<int64_t>(kPairsPerChunk, int64_t(pairs.size() - begin));
    MatchChunk(database, images, cache, pairs.data() + begin, count, executor);
    Report(calls, {scoring, 1}, "matched", before + begin + size_t(count), summary.chosen_pairs);
  }
  FillWithEmptyPairs(database, images, calls);
  return summary;
}

}  // namespace splat::data
