// This header lists what lies in a folder of photos, by the names of the files.
#pragma once

#include <string>
#include <vector>

namespace splat::data {

// Returns the files in `folder` and below it, relative and sorted bytewise, without hidden ones. Throws splat::Error,
// which says what to do, if it is not a folder.
std::vector<std::string> FilesBelow(const std::string& folder);

// Says in one line how many files of which kinds are images or videos that cannot be read, and how to convert each
// kind: "PHOTOS: passed over 12 .heic files: convert them ...". Empty if there are none.
std::string DescribePassedOver(const std::string& folder);

// The extension of a name in lower case, with its dot: ".jpg".
std::string LowerExtension(const std::string& name);

}  // namespace splat::data
