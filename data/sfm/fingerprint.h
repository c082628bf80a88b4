// Fingerprints are short numbers that tell whether texts and files are still what they were. Which of COLMAP's work may
// be resumed by them is decided by sfm_workspace.h and each stage.
#pragma once

#include <cstdint>
#include <string>

namespace splat::data {

// 64-bit FNV-1a: tells what changed by accident, no more.
class Fingerprint {
 public:
  void Add(const std::string& text);  // a line; texts do not run together
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 14695981039346656037ull;
};

// Names and contents of all files in a folder and below. A folder that is not there counts as an empty one; of a file
// that cannot be read only its name counts.
uint64_t FolderFingerprint(const std::string& folder);

// A number that changes when files in a folder are written, come or go.
uint64_t FilesSeen(const std::string& folder);

}  // namespace splat::data
