#include "data/sfm/colmap_log.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/check.h"

namespace splat::data {
namespace {

struct Counted {
  double done = 0, total = 0;
};

// The first "a/b" behind `start`.
std::optional<Counted> ParseCounted(const std::string& line, size_t start) {
  const size_t slash = line.find('/', start);
  if (slash == std::string::npos || slash == start) return std::nullopt;
  char* end = nullptr;
  const double done = std::strtod(line.c_str() + start, &end);
  if (end != line.c_str() + slash) return std::nullopt;
  const double total = std::strtod(line.c_str() + slash + 1, &end);
  if (end == line.c_str() + slash + 1 || !(total >= 1) || !(done >= 0)) return std::nullopt;
  return Counted{std::min(done, total), total};
}

// Position behind `word`, or npos.
size_t Behind(const std::string& line, const std::string& word) {
  const size_t at = line.find(word);
  return at == std::string::npos ? at : at + word.size();
}

// The last number within the last parentheses: "(12)", "(num_reg_frames=12)".
std::optional<double> NumberInParentheses(const std::string& line) {
  const size_t open = line.rfind('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  size_t begin = close;
  while (begin > open + 1 && std::isdigit(static_cast<unsigned char>(line[begin - 1]))) --begin;
  if (begin == close) return std::nullopt;
  return std::strtod(line.c_str() + begin, nullptr);
}

}  // namespace

std::optional<ColmapLogProgress> ColmapLogFollower::FollowMapper(const std::string& line) {
  double registered = 0;
  if (line.find("nitializing with image pair") != std::string::npos) {
    registered = 2;
    ++models_;
  } else if (line.find("egistering image") != std::string::npos) {
    const std::optional<double> number = NumberInParentheses(line);
    if (!number) return std::nullopt;
    registered = *number;
  } else {
    return std::nullopt;
  }
  if (photos_ > 0) fraction_ = std::max(fraction_, std::min(1.0, registered / double(photos_)));
  const std::string part = models_ > 1 ? StrCat(", part ", models_) : "";
  return ColmapLogProgress{fraction_, StrCat(size_t(registered), " of ", photos_, " photos placed", part)};
}

std::optional<ColmapLogProgress> ColmapLogFollower::Follow(const std::string& line) {
  if (stage_ == SfmStage::kMapping) return FollowMapper(line);
  if (stage_ == SfmStage::kFeatures) {
    const size_t at = Behind(line, "Processed file [");
    const auto counted = at == std::string::npos ? std::nullopt : ParseCounted(line, at);
    if (!counted) return std::nullopt;
    fraction_ = std::max(fraction_, counted->done / counted->total);
    return ColmapLogProgress{fraction_, StrCat(counted->done, " of ", counted->total, " photos")};
  }
  // "Matching block [2/4, 3/4]" counts rows and columns of blocks; "Matching image [3/50]" photos. 4.x says
  // "Processing".
  size_t at = Behind(line, " block [");
  const bool blocks = at != std::string::npos;
  if (!blocks) at = Behind(line, " image [");
  const auto row = at == std::string::npos ? std::nullopt : ParseCounted(line, at);
  if (!row) return std::nullopt;
  double done = row->done, total = row->total;
  const size_t comma = line.find(", ", at);
  if (blocks && comma != std::string::npos) {
    if (const auto column = ParseCounted(line, comma + 2)) {
      done = (row->done - 1) * column->total + column->done;
      total = row->total * column->total;
    }
  }
  // The line is written before the work that it names.
  fraction_ = std::max(fraction_, std::max(0.0, done - 1) / total);
  return ColmapLogProgress{fraction_, StrCat(done, " of ", total, blocks ? " blocks of pairs" : " photos")};
}

}  // namespace splat::data
