// This header makes JSON readable that has numbers which no double holds: those that JSON lacks but Python's json
// module writes, and 1e999.
#pragma once

#include <string>

namespace splat {

// Replaces each NaN, Infinity, -Infinity and number too large for a double outside the strings of a JSON text by an
// empty string and blanks, so that the rest can be parsed. Lines and columns stay.
std::string WithTextsForNotFinite(std::string json);

}  // namespace splat
