#include "apps/cli/text_values.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "io/text_scan.h"

namespace splat::apps {
namespace {

std::optional<Rgb> ParseHexColor(const std::string& text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  Rgb color;
  for (int channel = 0; channel < 3; ++channel) {
    const char* digits = text.data() + 1 + 2 * channel;
    unsigned value = 0;
    if (std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2) return std::nullopt;
    color[channel] = value / 255.0;
  }
  return color;
}

std::optional<Rgb> ParseColorTriple(const std::string& text) {
  const std::vector<std::string> parts = CLI::detail::split(text, ',');
  if (parts.size() != 3) return std::nullopt;
  Rgb color;
  for (int channel = 0; channel < 3; ++channel) {
    const auto value = ParseFiniteNumber(parts[channel]);
    if (!value || !(*value >= 0 && *value <= 1)) return std::nullopt;
    color[channel] = *value;
  }
  return color;
}

}  // namespace

Rgb ParseBackground(const std::string& text) {
  if (text == "black") return {0, 0, 0};
  if (text == "white") return {1, 1, 1};
  if (const auto color = ParseHexColor(text)) return *color;
  if (const auto color = ParseColorTriple(text)) return *color;
  throw Error(StrCat("'", text,
                     "' is not allowed; use black, white, #rrggbb or three numbers from 0 to 1 such as 0.5,0.5,0.5"));
}

std::optional<double> ParseFiniteNumber(const std::string& text) {
  const std::optional<double> value = ParseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace splat::apps
