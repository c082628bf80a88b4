// This header reads a file whole, or its beginning.
#pragma once

#include <cstddef>
#include <string>

namespace splat {

// Returns the whole content of a file. Throws splat::Error naming it if it cannot be read or is not a regular file: a
// pipe would be waited for without end.
std::string ReadFile(const std::string& path);

// Returns the first `most` bytes of a file, or all of a shorter one; nothing if it cannot be read or is not a regular
// file.
std::string BeginningOf(const std::string& path, size_t most);

}  // namespace splat
