// A file that is being written has a name that no other process uses, and a lock that tells whether somebody still
// writes.
#pragma once

#include <optional>
#include <string>

#include "io/unfinished_files.h"

namespace splat {

// A new, empty file beside `target`, with a name that cannot be foreseen and the extension of `target`. Links, files
// and devices that bear a name already are never opened. The file is locked until it is closed, which a killed process
// does, too.
class TemporaryFile {
 public:
  // Throws splat::Error that names `target` if no file can be made there.
  explicit TemporaryFile(const std::string& target);
  // Removes the file unless it was moved to its target.
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }

  // Brings what was written to the disk and renames the file to its target. Throws splat::Error with the reason.
  void MoveToTarget();

 private:
  std::string target_, path_;
  int descriptor_ = -1;
  std::optional<UnfinishedFile> unfinished_;
};

// Removes the temporary files and the locks (io/file_lock.h) in `folder` whose processes have been killed. Those of
// other users and those in use stay.
void RemoveAbandonedFiles(const std::string& folder);

}  // namespace splat
