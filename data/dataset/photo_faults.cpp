#include "data/dataset/photo_faults.h"

#include <algorithm>

#include "core/check.h"
#include "core/format.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

constexpr size_t kMostLines = 3;

// What a text has in common with those of other photos of the same fault: its words without entries and numbers.
std::string KindOf(std::string what) {
  for (size_t begin = what.find("('"); begin != std::string::npos; begin = what.find("('", begin)) {
    const size_t end = what.find("')", begin);
    what.erase(begin, end == std::string::npos ? end : end + 2 - begin);
  }
  constexpr std::string_view kMarks = "()[],;:'";
  std::string kind;
  for (std::string_view rest = what; !Trimmed(rest).empty();) {
    const std::string_view word = TakeWord(rest);
    const size_t begin = std::min(word.find_first_not_of(kMarks), word.size());
    const std::string_view bare = word.substr(begin, word.find_last_not_of(kMarks) + 1 - begin);
    if (!ParseNumber<double>(bare)) kind += StrCat(bare, " ");
  }
  return kind;
}

}  // namespace

void PhotoFault::Add(const std::string& name, const std::string& what) {
  if (names.empty()) example = what;
  names.push_back(name);
}

void PhotoFault::Warn(const LogSink& log, const std::string& source, const std::string& advice) const {
  if (!names.empty()) LogWarning(log, StrCat(source, example, advice, ": ", NamesInBrief(names)));
}

void PhotoFaults::Add(const std::string& name, const std::string& what) {
  const std::string kind = KindOf(what);
  const size_t place = size_t(std::find(kinds_.begin(), kinds_.end(), kind) - kinds_.begin());
  if (place == kinds_.size()) {
    kinds_.push_back(kind);
    faults_.emplace_back();
  }
  faults_[place].Add(name, what);
}

void PhotoFaults::Warn(const LogSink& log, const std::string& source, const std::string& advice) const {
  const size_t shown = std::min(kMostLines, faults_.size());
  for (size_t i = 0; i < shown; ++i) {
    const std::string others = i + 1 == shown ? Others(shown) : "";
    LogWarning(log, StrCat(source, faults_[i].example, advice, ": ", NamesInBrief(faults_[i].names), others));
  }
}

std::string PhotoFaults::Summary() const {
  return faults_.empty() ? "" : faults_.front().example + Others(1);
}

std::string PhotoFaults::Others(size_t shown) const {
  size_t photos = 0;
  for (size_t i = shown; i < faults_.size(); ++i) photos += faults_[i].names.size();
  if (photos == 0) return "";
  return StrCat(", and ", photos,
                photos == 1 ? " other for another reason (" : " others for other reasons (the first: ",
                faults_[shown].example, ")");
}

}  // namespace splat::data
