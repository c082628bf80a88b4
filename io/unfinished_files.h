// The locks and temporary files of this process are listed here, for a signal handler that ends it at once.
#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX has more in it than C++

#include <string>

namespace splat {

// A file that RemoveUnfinishedFiles removes as long as the object lives. Beyond a fixed number of files, and for paths
// of 4096 bytes and more, it does nothing: such a file is left for RemoveAbandonedFiles (io/temporary_file.h).
class UnfinishedFile {
 public:
  // If a descriptor is given, only the file that it is open on is removed, and not another one that has taken its name.
  explicit UnfinishedFile(const std::string& path, int descriptor = -1);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

 private:
  int slot_ = -1;
};

// Holds back in this thread the signals that end a program (SIGINT, SIGTERM, SIGHUP) while it lives, so that none comes
// to it between the making of a file and its UnfinishedFile. In a program of several threads the system may give the
// signal to another one just then: such a file is left for RemoveAbandonedFiles (io/temporary_file.h).
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

// Whether the name still leads to the open file: another process may have removed or replaced what lay there. Safe in a
// signal handler.
bool LeadsTo(const char* path, int descriptor);

// Makes only calls that are safe in a signal handler. In a child that has just been forked it does nothing.
void RemoveUnfinishedFiles();

}  // namespace splat
