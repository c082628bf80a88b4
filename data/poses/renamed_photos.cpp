#include "data/poses/renamed_photos.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

#include "data/poses/photo_matching.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// The digits from `begin` on without zeros before them; `end` becomes where they end.
std::string_view NumberAt(std::string_view text, size_t begin, size_t& end) {
  end = begin;
  while (end < text.size() && IsDigit(text[end])) ++end;
  while (begin + 1 < end && text[begin] == '0') ++begin;
  return text.substr(begin, end - begin);
}

// Whether a goes before b where numbers count by their value.
bool NaturalLess(const std::string& a, const std::string& b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (IsDigit(a[i]) && IsDigit(b[j])) {
      const std::string_view left = NumberAt(a, i, i), right = NumberAt(b, j, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a[i] != b[j]) return (unsigned char)a[i] < (unsigned char)b[j];
      ++i, ++j;
    }
  }
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

// The names without extensions, and without folders where these are not needed to tell the files apart.
std::vector<std::string> StemsOf(const std::vector<std::string>& names) {
  std::vector<std::string> files, paths;
  for (const std::string& name : names) {
    const fs::path path(PlainName(name));
    files.push_back(LowerAscii(path.stem().string()));
    paths.push_back(LowerAscii((path.parent_path() / path.stem()).generic_string()));
  }
  return std::set<std::string>(files.begin(), files.end()).size() == files.size() ? files : paths;
}

// The names of one side that differ by a number alone.
struct Series {
  std::map<uint64_t, size_t> members;  // the name of each number
  bool complete = false;               // all names are members
  bool contiguous_from_0 = false;
};

// The series that more than half of the names form; nothing where they form none.
std::optional<Series> SeriesOf(const std::vector<std::string>& stems) {
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<uint64_t, size_t>>> by_frame;
  for (size_t i = 0; i < stems.size(); ++i) {
    for (size_t at = 0; at < stems[i].size(); ++at) {
      if (!IsDigit(stems[i][at])) continue;
      size_t end = at;
      const auto number = ParseNumber<uint64_t>(NumberAt(stems[i], at, end));
      if (number) by_frame[{stems[i].substr(0, at), stems[i].substr(end)}].emplace_back(*number, i);
      at = end;
    }
  }
  for (const auto& [frame, numbered] : by_frame) {
    if (2 * numbered.size() <= stems.size()) continue;
    Series series;
    series.members.insert(numbered.begin(), numbered.end());
    if (series.members.size() != numbered.size()) continue;  // "1" and "01"
    series.complete = numbered.size() == stems.size();
    series.contiguous_from_0 =
        series.members.begin()->first == 0 && series.members.rbegin()->first + 1 == series.members.size();
    return series;
  }
  return std::nullopt;
}

struct Pairs {
  std::vector<std::pair<size_t, size_t>> of;  // the index of one in `inner`, and of one in `outer`
};

// The names that stand in those of the other side with the same text before and behind them, for the text that most
// have. A number is never cut.
Pairs PairsByAffix(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
  std::map<std::string, size_t> known;
  std::set<size_t> lengths;
  for (size_t i = 0; i < inner.size(); ++i) {
    known[inner[i]] = i;
    lengths.insert(inner[i].size());
  }
  std::map<std::pair<std::string, std::string>, Pairs> by_affix;
  for (size_t o = 0; o < outer.size(); ++o) {
    const std::string& text = outer[o];
    for (const size_t length : lengths) {
      for (size_t at = 0; length > 0 && at + length <= text.size(); ++at) {
        const size_t end = at + length;
        if (at > 0 && IsDigit(text[at - 1]) && IsDigit(text[at])) continue;
        if (end < text.size() && IsDigit(text[end]) && IsDigit(text[end - 1])) continue;
        const auto found = known.find(text.substr(at, length));
        if (found == known.end()) continue;
        by_affix[{text.substr(0, at), text.substr(end)}].of.emplace_back(found->second, o);
      }
    }
  }
  Pairs best;
  for (auto& [affix, pairs] : by_affix) {
    if (pairs.of.size() > best.of.size()) best = std::move(pairs);
  }
  return best;
}

Pairs PairsByNumber(const Series& names, const Series& photos) {
  Pairs pairs;
  for (const auto& [number, name] : names.members) {
    const auto photo = photos.members.find(number);
    if (photo != photos.members.end()) pairs.of.emplace_back(name, photo->second);
  }
  return pairs;
}

// Whether the numbers of two series of one length differ by one amount.
bool AreShifted(const Series& a, const Series& b) {
  const uint64_t shift = a.members.begin()->first - b.members.begin()->first;  // wraps around, as the others do
  return std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                    [&](const auto& left, const auto& right) { return left.first - right.first == shift; });
}

Pairs PairsInOrder(const std::vector<std::string>& names, const std::vector<std::string>& photos) {
  const auto order = [](const std::vector<std::string>& texts) {
    std::vector<size_t> sorted(texts.size());
    std::iota(sorted.begin(), sorted.end(), size_t(0));
    std::sort(sorted.begin(), sorted.end(), [&](size_t a, size_t b) { return NaturalLess(texts[a], texts[b]); });
    return sorted;
  };
  const std::vector<size_t> left = order(names), right = order(photos);
  Pairs pairs;
  for (size_t i = 0; i < left.size(); ++i) pairs.of.emplace_back(left[i], right[i]);
  return pairs;
}

enum class Relation { kByNumber, kInOrder, kUnclear, kNone };

Relation RelationOf(const std::optional<Series>& names, const std::optional<Series>& photos) {
  if (!names && !photos) return Relation::kNone;
  const bool complete = names && photos && names->complete && photos->complete;
  const size_t shared = names && photos ? PairsByNumber(*names, *photos).of.size() : 0;
  if (complete && shared == names->members.size()) return Relation::kByNumber;
  const bool renumbered = names && photos &&
                          ((names->contiguous_from_0 && photos->members.begin()->first != 0) ||
                           (photos->contiguous_from_0 && names->members.begin()->first != 0));
  if (complete && (renumbered || shared == 0)) return Relation::kInOrder;
  if (renumbered || shared == 0)
    return (names && !names->complete) || (photos && !photos->complete) ? Relation::kUnclear : Relation::kNone;
  return complete && AreShifted(*names, *photos) ? Relation::kUnclear : Relation::kByNumber;
}

}  // namespace

std::optional<RenamedPhotos> PairRenamedPhotos(const std::vector<std::string>& names,
                                               const std::vector<std::string>& photos) {
  if (names.size() != photos.size() || names.empty()) return std::nullopt;
  const std::vector<std::string> name_stems = StemsOf(names), photo_stems = StemsOf(photos);
  const std::optional<Series> name_series = SeriesOf(name_stems), photo_series = SeriesOf(photo_stems);
  Pairs best = PairsByAffix(name_stems, photo_stems);
  Pairs reverse = PairsByAffix(photo_stems, name_stems);
  for (auto& [photo, name] : reverse.of) std::swap(photo, name);
  if (reverse.of.size() > best.of.size()) best = std::move(reverse);
  const Relation relation = RelationOf(name_series, photo_series);
  if (relation == Relation::kByNumber) {
    Pairs numbered = PairsByNumber(*name_series, *photo_series);
    if (numbered.of.size() > best.of.size()) best = std::move(numbered);
  }
  RenamedPhotos renamed;
  if (2 * best.of.size() <= names.size()) {
    const bool may_be_ordered = relation == Relation::kInOrder || (relation == Relation::kNone && best.of.size() < 2);
    if (!may_be_ordered) return std::nullopt;
    best = PairsInOrder(name_stems, photo_stems);
    renamed.in_order = true;
  }
  renamed.photo.resize(names.size());
  for (const auto& [name, photo] : best.of) renamed.photo[name] = photo;
  return renamed;
}

}  // namespace splat::data
