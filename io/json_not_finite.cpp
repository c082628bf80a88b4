#include "io/json_not_finite.h"

#include <charconv>
#include <string_view>
#include <system_error>

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
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc::result_out_of_range || parsed.ptr != number.data() + number.size()) return 0;
  const size_t exponent = number.find_first_of("eE");
  const bool tiny = exponent != std::string_view::npos && exponent + 1 < number.size() && number[exponent + 1] == '-';
  return tiny ? 0 : number.size();
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
