// This header reads values as they are written on a command line.
#pragma once

#include <optional>
#include <string>

#include "core/option.h"

namespace splat::apps {

// Reads R, G, B in 0..1 from "black", "white", "#rrggbb" or "r,g,b" with numbers in 0..1. Throws splat::Error that says
// what is allowed.
Rgb ParseBackground(const std::string& text);

// Returns the number that `text` is from its first to its last character, and nothing if it is none or not finite.
std::optional<double> ParseFiniteNumber(const std::string& text);

}  // namespace splat::apps
