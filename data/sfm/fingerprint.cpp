#include "data/sfm/fingerprint.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/check.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// Relative paths of the files in `folder` and below, sorted. A program may remove some meanwhile.
std::vector<fs::path> AllFilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) files.push_back(entry->path().lexically_relative(folder));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

void Fingerprint::Add(const std::string& text) {
  for (const char c : text) hash_ = (hash_ ^ uint8_t(c)) * 1099511628211ull;
  hash_ = (hash_ ^ uint8_t('\n')) * 1099511628211ull;
}

uint64_t FolderFingerprint(const std::string& folder) {
  Fingerprint fingerprint;
  for (const fs::path& file : AllFilesIn(folder)) {
    fingerprint.Add(file.generic_string());
    try {
      fingerprint.Add(ReadFile((folder / file).string()));
    } catch (const Error&) {
      fingerprint.Add("");
    }
  }
  return fingerprint.value();
}

uint64_t FilesSeen(const std::string& folder) {
  Fingerprint fingerprint;
  for (const fs::path& file : AllFilesIn(folder)) {
    std::error_code ignored;
    const auto size = fs::file_size(folder / file, ignored);
    const auto modified = fs::last_write_time(folder / file, ignored).time_since_epoch().count();
    fingerprint.Add(StrCat(file.generic_string(), " ", size, " ", modified));
  }
  return fingerprint.value();
}

}  // namespace splat::data
