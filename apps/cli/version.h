// This header says which build a program is; cmake/WriteVersion.cmake makes the values at build time.
#pragma once

#include <string>

namespace splat::apps {

// Returns one line with the program's name, the version, the commit (with "modified" if files differed from it),
// LibTorch, CUDA, OpenCV and the compiler. COLMAP is a program that is found at run time, and so it is not part of the
// line.
std::string ProgramVersion(const std::string& program);

}  // namespace splat::apps
