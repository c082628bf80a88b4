// What this build is: made at build time by cmake/WriteVersion.cmake.
#pragma once

#include <string>

namespace splat::apps {

// One line: version, commit (with "modified" if files differed from it), LibTorch, CUDA, OpenCV and the compiler.
// COLMAP is a program found at run time and so not part of it.
std::string VersionText();

}  // namespace splat::apps
