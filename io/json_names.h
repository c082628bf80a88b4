// Names of files are bytes, and text in JSON is UTF-8: this header gives the text by which JSON files of the programs
// mean a name, and the name again.
#pragma once

#include <string>
#include <string_view>

namespace splat {

// Returns the name itself where it is UTF-8. Bytes that are none become \xHH (lower-case hexadecimal), as the programs
// show them in messages: "f\xfcr.jpg" for Latin-1. Where a name has such text itself, its backslash becomes \x5c. So
// two names never have one text.
std::string NameInJson(std::string_view name);

// Returns the name of which NameInJson made the text.
std::string NameFromJson(std::string_view text);

}  // namespace splat
