// This header turns text of unknown origin into one line that a terminal shows and does nothing else with.
#pragma once

#include <string>
#include <string_view>

namespace splat {

// Returns the text with everything that is not a visible character written as \n, \t, \xHH or \u{HHHH}: control
// characters (with them the beginnings of escape sequences), line ends, bytes that are no UTF-8, and marks that turn
// the direction of writing. All else, in any script, stays as it is.
std::string Printable(std::string_view text);

}  // namespace splat
