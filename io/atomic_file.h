// Files written with this header appear whole or not at all.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace splat {

// Calls `write` with a binary stream on a temporary file beside `path` (io/temporary_file.h), checks that all was
// written (a full disk is an error), brings it to the disk and renames it to `path`. On any failure the temporary file
// is removed, what lay under `path` stays, and splat::Error names the path and the reason.
void WriteFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write);
// Writes bytes that are there already in the same way.
void WriteFileAtomically(const std::string& path, std::string_view bytes);

// This is for libraries that insist on a file name: `write` gets the temporary path, which has the extension of `path`.
// It is an error if nothing was written.
void WriteFileAtomicallyByName(const std::string& path, const std::function<void(const std::string&)>& write);

}  // namespace splat
