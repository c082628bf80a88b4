// Images that the programs render bear a mark, by which they are told from photos and from other people's files.
#pragma once

#include <string>

#include "core/image.h"

namespace splat::data {

// The folder in which a run keeps its images, and the ends of their names, and of those of splat-eval, before ".png".
constexpr const char* kRendersFolder = "renders";
constexpr const char* kRenderEnding = "_render";
constexpr const char* kPhotoEnding = "_photo";

// Writes a PNG as WriteImage does, with the mark: the text "Software" of the value "splat-train render". Throws
// splat::Error, also where a file of that name has no such mark: it is not ours to replace.
void WriteRender(const std::string& path, const Image8& image);

// Whether a file is a PNG with the mark. False for one that cannot be read.
bool IsRender(const std::string& path);

// Throws splat::Error if something lies at the path that WriteRender would not replace.
void CheckNoOtherFile(const std::string& path);

// Removes the renders that lie in a folder, and the folder if nothing else is in it. What cannot be removed, and what a
// link leads to, stays.
void RemoveRenders(const std::string& folder);

}  // namespace splat::data
