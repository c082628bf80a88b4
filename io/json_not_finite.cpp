#include "io/json_not_finite.h"

#include <cmath>
#include <string_view>

#include "io/text_scan.h"

namespace splat {
namespace {

bool IsOfNumber(char c) {
  return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

// The length of the number that begins at `begin`, if it is too large for a double; 0 if it is not, or none begins.
size_t LengthOfTooLarge(std::string_view json, size_t begin) {
  size_t end = begin;
  while (end < json.size() && IsOfNumber(json[end])) ++end;
  const std::string_view number = json.substr(begin, end - begin);
  const auto value = ParseRoundedNumber<double>(number);
  return value && std::isinf(*value) ? number.size() : 0;
}

size_t LengthOfNotFinite(std::string_view json, size_t begin) {
  for (const std::string_view number : {"-Infinity", "Infinity", "NaN"}) {
    if (json.compare(begin, number.size(), number) == 0) return number.size();
  }
  return begin > 0 && IsOfNumber(json[begin - 1]) ? 0 : LengthOfTooLarge(json, begin);
}

}  // namespace

std::string WithTextsForNotFinite(std::string json) {
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (in_text) {
      if (json[i] == '\\') {
        ++i;
      } else {
        in_text = json[i] != '"';
      }
      continue;
    }
    in_text = json[i] == '"';
    const size_t length = in_text ? 0 : LengthOfNotFinite(json, i);
    if (length < 2) continue;
    json.replace(i, length, "\"\"" + std::string(length - 2, ' '));
    i += length - 1;
  }
  return json;
}

}  // namespace splat
