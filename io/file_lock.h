// This lock is held by one process at a time and ends with it, however the process ends.
#pragma once

#include <optional>
#include <string>

#include "io/unfinished_files.h"

namespace splat {

// The lock file for all of a folder, and that for one file in its folder.
std::string LockOfFolder(const std::string& folder);
std::string LockOfFile(const std::string& path);
// Whether a file in a folder has such a name.
bool IsNameOfLock(const std::string& name);

// Holds the lock file `path` as long as it lives and removes it at the end. A file that a killed process has left does
// not count, and RemoveAbandonedFiles (io/temporary_file.h) removes it. A file system that knows no locks gives every
// process the lock.
class FileLock {
 public:
  // Throws splat::Error "SUBJECT: ... process 123 (splat-train) ...", with `advice`, if another process holds the lock,
  // and splat::Error that names `subject` if the file cannot be made.
  FileLock(const std::string& path, const std::string& subject, const std::string& advice);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  // Whether the lock file is still in its place: its folder may have been removed.
  bool IsInPlace() const;

 private:
  std::string path_;
  int descriptor_ = -1;
  std::optional<UnfinishedFile> unfinished_;
};

}  // namespace splat
