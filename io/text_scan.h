// This header scans lines, words and strictly parsed numbers of text that is held in memory.
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace splat {

// Returns the number that `word` is from its first to its last character, and nothing if it is none or out of T's
// range. Accepts "nan" and "inf" for floating-point T; ignores the locale.
template <typename T>
std::optional<T> ParseNumber(std::string_view word) {
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

// As ParseNumber, for floating-point T, but a number that is too large for T is infinite, and one that is too small
// zero.
template <typename T>
std::optional<T> ParseRoundedNumber(std::string_view word) {
  if (const auto value = ParseNumber<T>(word)) return value;
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  T ignored{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), ignored);
  if (error != std::errc::result_out_of_range || end != word.data() + word.size()) return std::nullopt;
  const bool negative = word[0] == '-';
  const std::optional<long double> wide = ParseNumber<long double>(word);
  const bool small = wide ? *wide > -1 && *wide < 1 : word.find("e-") != word.npos || word.find("E-") != word.npos;
  const T value = small ? T(0) : std::numeric_limits<T>::infinity();
  return negative ? -value : value;
}

// Whether the text is digits alone.
inline bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The text with A to Z in lower case, in any locale; all other bytes stay.
inline std::string LowerAscii(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return text;
}

inline bool BeginsWith(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

inline bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Whether a path ends in an extension, which is given in lower case and with its dot; the path's case does not count.
inline bool HasExtension(std::string_view path, std::string_view extension) {
  return path.size() > extension.size() &&
         LowerAscii(std::string(path.substr(path.size() - extension.size()))) == extension;
}

inline bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}

inline std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the first blank-separated word off `rest`; empty at the end.
inline std::string_view TakeWord(std::string_view& rest) {
  while (!rest.empty() && IsBlank(rest.front())) rest.remove_prefix(1);
  size_t length = 0;
  while (length < rest.size() && !IsBlank(rest[length])) ++length;
  const std::string_view word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

// The text without the mark of UTF-8 (BOM) that some programs begin a file with.
inline std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (BeginsWith(text, kMark)) text.remove_prefix(kMark.size());
  return text;
}

// Walks through lines that end in LF or CR LF, the last one possibly in neither. The scanner does not own the text.
class LineScanner {
 public:
  explicit LineScanner(std::string_view text) : text_(text) {}

  // The next line without its end; nothing after the last.
  std::optional<std::string_view> Next() {
    if (position_ >= text_.size()) return std::nullopt;
    const size_t end = text_.find('\n', position_);
    std::string_view line = text_.substr(position_, end == std::string_view::npos ? end : end - position_);
    position_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_number_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  int line_number() const { return line_number_; }                   // of the line that Next returned last, from 1
  std::string_view rest() const { return text_.substr(position_); }  // what follows it

 private:
  std::string_view text_;
  size_t position_ = 0;
  int line_number_ = 0;
};

}  // namespace splat
