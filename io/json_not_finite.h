// Numbers that no double holds: those that JSON does not have but that Python's json module writes, and 1e999.
#pragma once

#include <string>

namespace splat {

// Puts an empty text and blanks in the place of each NaN, Infinity, -Infinity and number too large for a double that
// stands outside of the texts of a JSON text, so that the rest can be parsed. Lines and columns stay.
std::string WithTextsForNotFinite(std::string json);

}  // namespace splat
