#include "io/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "core/check.h"

namespace splat {
namespace {

constexpr int kAttempts = 100;
// Somebody who removes what killed processes left holds it for a moment.
constexpr int kPatientAttempts = 20;
constexpr std::chrono::milliseconds kPatience(5);

constexpr char kFolderLock[] = ".splat.lock", kFileLockPrefix[] = ".splat-", kFileLockEnd[] = ".lock";

// "123 splat-train": the process and its program.
std::string OwnName() {
  std::string program;
  std::getline(std::ifstream("/proc/self/comm"), program);
  return StrCat(getpid(), " ", program.empty() ? "unknown" : program, "\n");
}

// "process 123 (splat-train)", of what the holder has written. The text comes from outside: only what a name of a
// program is made of gets through.
std::string HolderIn(int descriptor) {
  char text[64] = {};
  if (pread(descriptor, text, sizeof(text) - 1, 0) <= 0) return "another process";
  char* end = text;
  const long process = std::strtol(text, &end, 10);
  if (process <= 0) return "another process";
  std::string program;
  for (const char* c = end + (*end == ' '); *c > ' ' && *c < 127; ++c) program += *c;
  return StrCat("process ", process, program.empty() ? "" : " (" + program + ")");
}

}  // namespace

std::string LockOfFolder(const std::string& folder) {
  return (std::filesystem::path(folder) / kFolderLock).string();
}

std::string LockOfFile(const std::string& path) {
  const std::filesystem::path file(path);
  const size_t number = std::hash<std::string>()(file.filename().string());
  return (file.parent_path() / StrCat(kFileLockPrefix, number, kFileLockEnd)).string();
}

bool IsNameOfLock(const std::string& name) {
  if (name == kFolderLock) return true;
  const size_t begin = std::strlen(kFileLockPrefix), end = name.find_first_not_of("0123456789", begin);
  return name.rfind(kFileLockPrefix, 0) == 0 && end != std::string::npos && end > begin &&
         name.compare(end, std::string::npos, kFileLockEnd) == 0;
}

FileLock::FileLock(const std::string& path, const std::string& subject, const std::string& advice) : path_(path) {
  const HeldSignals held;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);
    SPLAT_CHECK(descriptor_ >= 0, subject,
                ": nothing can be written there: ", errno == ELOOP ? path + " is a link" : std::strerror(errno));
    struct stat status {};
    const bool regular = fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    const bool busy = regular && flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const std::string holder = busy ? HolderIn(descriptor_) : "";
    // The holder before may have removed the file between the two calls.
    if (regular && !busy && LeadsTo(path.c_str(), descriptor_)) break;
    close(descriptor_);
    descriptor_ = -1;
    SPLAT_CHECK(regular, subject, ": ", path, " is in the way; remove it");
    if (busy && attempt < kPatientAttempts) {
      std::this_thread::sleep_for(kPatience);
      continue;
    }
    SPLAT_CHECK(!busy, subject, ": ", holder, " is writing there; ", advice);
  }
  SPLAT_CHECK(descriptor_ >= 0, subject, ": ", path, " comes and goes; ", advice);
  const std::string name = OwnName();
  const bool written = ftruncate(descriptor_, 0) == 0 && pwrite(descriptor_, name.data(), name.size(), 0) > 0;
  if (!written) {
    const int reason = errno;
    unlink(path.c_str());
    close(descriptor_);
    throw Error(StrCat(subject, ": nothing can be written there: ", std::strerror(reason)));
  }
  unfinished_.emplace(path_, descriptor_);
}

FileLock::~FileLock() {
  if (IsInPlace()) unlink(path_.c_str());
  unfinished_.reset();
  close(descriptor_);
}

bool FileLock::IsInPlace() const {
  return LeadsTo(path_.c_str(), descriptor_);
}

}  // namespace splat
