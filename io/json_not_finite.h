// This header makes JSON readable that has the numbers that JSON lacks but Python's json module writes.
#pragma once

#include <string>

namespace splat {

// Puts an empty text and blanks in the place of each NaN, Infinity and -Infinity of a JSON text that stands outside of
// its texts, so that the rest can be parsed. Lines and columns stay.
std::string WithTextsForNotFinite(std::string json);

}  // namespace splat
