// This header makes JSON readable that has the numbers that JSON lacks but Python's json module writes.
#pragma once

#include <string>

namespace splat {

// Replaces each NaN, Infinity and -Infinity outside the strings of a JSON text by an empty string and blanks, so that
// the rest can be parsed. Lines and columns stay.
std::string WithTextsForNotFinite(std::string json);

}  // namespace splat
