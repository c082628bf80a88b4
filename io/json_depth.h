// This check guards against JSON of unknown origin that nests too deep: copying, printing and destroying a parsed value
// recurse as deep as it nests.
#pragma once

#include <string>
#include <string_view>

namespace splat {

// Throws splat::Error naming the path if arrays and objects lie more than 64 deep; scene files need 8.
void CheckJsonDepth(std::string_view text, const std::string& path);

}  // namespace splat
