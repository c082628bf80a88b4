#include "data/sfm/photo_pairs.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "core/check.h"

namespace splat::data {
namespace {

constexpr size_t kAllPairsByDefault = 25;  // up to here all pairs are cheap
constexpr int kOverlapBesideScores = 3;

}  // namespace

PairChoice ChoosePairs(size_t photos, const SfmOptions& options) {
  const std::string& matcher = options.matcher;
  if (matcher == "exhaustive") return PairChoice::kAll;
  if (matcher == "sequential") return PairChoice::kSequential;
  if (matcher == "vocab_tree") {
    SPLAT_CHECK(!options.vocab_tree_path.empty(),
                "matcher vocab_tree: the vocabulary tree file is missing; give its path, or use matcher auto");
    return PairChoice::kVocabTree;
  }
  SPLAT_CHECK(matcher == "auto", "matcher: \"", matcher, "\" is none of auto, exhaustive, sequential, vocab_tree");
  return photos <= kAllPairsByDefault ? PairChoice::kAll : PairChoice::kScored;
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

std::vector<PhotoPair> PairsOfScores(size_t photos, std::vector<ScoredPair> scored, int partners, int stride) {
  const int overlap = stride > 1 ? kOverlap : kOverlapBesideScores;
  return UnionOfPairs(BestPairs(photos, std::move(scored), partners), SequentialPairs(photos, overlap));
}

}  // namespace splat::data
