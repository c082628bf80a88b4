#include "data/sfm/colmap_message.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <regex>

#include "io/text_scan.h"

namespace splat::data {
namespace {

constexpr size_t kLastLines = 10;  // an error further up was not the end
constexpr size_t kLongestText = 300;

bool Contains(const std::string& text, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return text.find(part) != std::string::npos; });
}

bool BeginsWithAny(const std::string& text, std::initializer_list<const char*> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const char* beginning) { return BeginsWith(text, beginning); });
}

// Rules between headings, and what follows a crash.
bool IsNoise(const std::string& text) {
  return text.find_first_not_of("=-_*~ \t") == std::string::npos ||
         BeginsWithAny(text, {"*** ", "PC: @", "@ ", "Elapsed time", "Aborted", "COULD NOT CREATE"});
}

// A line of glog: "E20260102 03:04:05.678901 1234 file.cc:56] text"; older versions write no year.
struct GlogLine {
  char severity = ' ';
  std::string text;
};
GlogLine ParseGlogLine(const std::string& text) {
  static const std::regex form(R"(([IWEF])\d{4,8} \d\d:\d\d:\d\d(\.\d+)?\s+\d+ ([^\s\]]+:\d+)\] ?(.*))");
  std::smatch parts;
  if (text.size() > 4 * kLongestText || !std::regex_match(text, parts, form)) return {' ', text};
  const char severity = parts.str(1)[0];
  const bool has_place = severity == 'E' || severity == 'F';
  return {severity, has_place ? parts.str(3) + ": " + parts.str(4) : parts.str(4)};
}

}  // namespace

void ColmapMessage::Add(const std::string& line) {
  const std::string trimmed(Trimmed(line));
  if (IsNoise(trimmed)) return;
  const GlogLine parsed = ParseGlogLine(trimmed);
  const std::string& text = parsed.text;
  if (IsNoise(text)) return;
  const Candidate candidate = {text, ++lines_};
  last_ = candidate;
  if (parsed.severity == 'F' || Contains(text, {"Check failed:", "terminate called", "what():"})) {
    fatal_ = candidate;
  } else if (parsed.severity == 'E' || BeginsWithAny(text, {"ERROR", "SQLite error"})) {
    error_ = candidate;
  } else if (parsed.severity == 'W' || Contains(text, {"WARNING", "rror", "ailed", "ould not", "annot"})) {
    suspicious_ = candidate;
  }
}

std::string ColmapMessage::text() const {
  const auto is_recent = [&](const Candidate& candidate) {
    return candidate.line > 0 && candidate.line + kLastLines > lines_;
  };
  std::string text = last_.text;
  if (is_recent(suspicious_)) text = suspicious_.text;
  if (is_recent(error_)) text = error_.text;
  if (fatal_.line > 0) text = fatal_.text;
  return text.size() > kLongestText ? text.substr(0, kLongestText) + "..." : text;
}

}  // namespace splat::data
