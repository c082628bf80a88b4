// This header reads values as they are written on a command line.
#pragma once

#include <charconv>
#include <optional>
#include <string>

#include "core/option.h"

namespace splat::apps {

// Reads R, G, B in 0..1 from "black", "white", "#rrggbb" or "r,g,b" with numbers in 0..1. Throws splat::Error that says
// what is allowed.
Rgb ParseBackground(const std::string& text);

// The number that `text` is from its first to its last character; nothing if it is none or not finite.
std::optional<double> ParseNumber(const std::string& text);

// Parses a whole number in the same way; nothing if the type does not hold it.
template <typename T>
std::optional<T> ParseWholeNumber(const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace splat::apps
