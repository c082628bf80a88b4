// A program claims the folder that it writes its images into.
#pragma once

#include <memory>
#include <string>

#include "io/file_lock.h"

namespace splat::apps {

// Makes the folder of --output if need be, clears it of what a killed program left half, and keeps other programs out
// of it as long as the result lives. Throws splat::Error.
std::unique_ptr<FileLock> ClaimFolder(const std::string& path);

}  // namespace splat::apps
