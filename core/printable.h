// This header turns text of unknown origin into one line that a terminal shows and does nothing else with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace splat {

// Returns the text with everything that is not a visible character written as \n, \t, \xHH or \u{HHHH}: control
// characters (with them the beginnings of escape sequences), line ends, bytes that are no UTF-8, and marks that turn
// the direction of writing. All else, in any script, stays as it is, but for what is absurdly long: words and lines of
// more bytes than paths and messages have are cut, with "..." for what is left out.
std::string Printable(std::string_view text);

// The longest path that a file can have, in bytes (PATH_MAX of Linux).
constexpr size_t kLongestPath = 4096;

// Returns a name of more than 200 bytes without its middle, which is "..." then; others as they are.
std::string ShortName(std::string_view name);

}  // namespace splat
