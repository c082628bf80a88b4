#include "core/format.h"

#include <cmath>
#include <cstdio>

#include "core/printable.h"

namespace splat {

std::string FormatDuration(double seconds) {
  if (!(seconds >= 0 && seconds < 1e7)) return "?";
  const int64_t whole = std::llround(seconds);
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof(text), "%d:%02d:%02d", int(whole / 3600), int(whole / 60 % 60), int(whole % 60));
  } else {
    std::snprintf(text, sizeof(text), "%d:%02d", int(whole / 60), int(whole % 60));
  }
  return text;
}

std::string FormatFixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

std::string FormatCount(int64_t count) {
  std::string text = std::to_string(count);
  const int first_digit = count < 0 ? 1 : 0;
  for (int i = int(text.size()) - 3; i > first_digit; i -= 3) text.insert(size_t(i), ",");
  return text;
}

std::string NamesInBrief(const std::vector<std::string>& names) {
  constexpr size_t kNamesShown = 5;
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamesShown; ++i) text += (i > 0 ? ", " : "") + ShortName(names[i]);
  return names.size() > kNamesShown ? text + ", ... (" + std::to_string(names.size()) + " in all)" : text;
}

}  // namespace splat
