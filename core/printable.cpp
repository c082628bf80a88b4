#include "core/printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "core/check.h"
#include "core/utf8.h"

namespace splat {
namespace {

constexpr size_t kNameHead = 137, kNameTail = 60;  // bytes shown of a long name: 200 with "..."

bool IsVisible(uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool line_end = code == 0x2028 || code == 0x2029;
  const bool direction = code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  return !control && !line_end && !direction;
}

std::string Escaped(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  char text[16];
  std::snprintf(text, sizeof(text), code < 0x80 ? "\\x%02x" : "\\u{%04x}", unsigned(code));
  return text;
}

// Where a character of UTF-8 begins, at `at` or before it.
size_t BeginOfCharacter(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

// The first `head` and the last `tail` bytes, with "..." between them; a text of no more than `most` stays.
std::string WithoutMiddle(std::string_view text, size_t most, size_t head, size_t tail) {
  if (text.size() <= most) return std::string(text);
  return StrCat(text.substr(0, BeginOfCharacter(text, head)), "...",
                text.substr(BeginOfCharacter(text, text.size() - tail)));
}

std::string WithoutAbsurdLength(const std::string& line) {
  constexpr size_t kMarks = 16;  // quotes and the like around a path
  constexpr size_t kLongestWord = kLongestPath + kMarks, kLongestLine = 4 * kLongestPath;
  if (line.size() <= kLongestWord) return line;
  std::string kept;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = std::min(line.find(' ', begin), line.size() - 1) + 1;  // behind the blank
    kept += WithoutMiddle(std::string_view(line).substr(begin, end - begin), kLongestWord, kNameHead, kNameTail);
    begin = end;
  }
  return WithoutMiddle(kept, kLongestLine, kLongestLine / 2, kLongestLine / 4);
}

}  // namespace

std::string ShortName(std::string_view name) {
  return WithoutMiddle(name, kNameHead + 3 + kNameTail, kNameHead, kNameTail);
}

std::string Printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Utf8Character character = FirstCharacterOf(text);
    if (character.bytes == 0) {
      char byte[8];
      std::snprintf(byte, sizeof(byte), "\\x%02x", unsigned(static_cast<unsigned char>(text[0])));
      shown += byte;
    } else if (IsVisible(character.code)) {
      shown.append(text.substr(0, character.bytes));
    } else {
      shown += Escaped(character.code);
    }
    text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
  }
  return WithoutAbsurdLength(shown);
}

}  // namespace splat
