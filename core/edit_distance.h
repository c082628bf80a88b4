// The edit distance finds the name that a misspelt one was meant to be.
#pragma once

#include <string>

namespace splat {

// Returns the fewest insertions, deletions and replacements of bytes that make one text of the other.
int EditDistance(const std::string& a, const std::string& b);

}  // namespace splat
