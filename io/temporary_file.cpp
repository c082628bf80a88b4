#include "io/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <vector>

#include "core/check.h"
#include "io/file_lock.h"

namespace splat {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = ".splat-tmp-";  // short, so that the longest name of a file still has one beside it
constexpr int kAttempts = 100;
constexpr int kOpenFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

std::string FolderOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// The name must differ from that of any other process, so it comes from the system and not from core/random.h.
std::string UnforeseenName(const std::string& target) {
  std::random_device device;
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%08x%08x", device(), device());
  return (fs::path(target).parent_path() / (kPrefix + std::string(digits) + fs::path(target).extension().string()))
      .string();
}

// File systems that know no locks or no such request are not an error.
bool Synced(int descriptor) {
  return fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS || errno == EROFS;
}

// A folder that cannot be opened for reading is left to the system.
void SyncFolder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  Synced(descriptor);
  close(descriptor);
}

}  // namespace

TemporaryFile::TemporaryFile(const std::string& target) : target_(target) {
  const std::string folder = FolderOf(target);
  SPLAT_CHECK(fs::is_directory(folder), target, ": the folder does not exist");
  const HeldSignals held;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    path_ = UnforeseenName(target);
    descriptor_ = open(path_.c_str(), kOpenFlags | O_CREAT | O_EXCL, 0666);
    if (descriptor_ < 0 && errno == EEXIST) continue;
    SPLAT_CHECK(descriptor_ >= 0, target, ": cannot be written: ", std::strerror(errno));
    unfinished_.emplace(path_);
    const bool locked = flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (locked && LeadsTo(path_.c_str(), descriptor_)) return;
    unfinished_.reset();
    close(descriptor_);
    descriptor_ = -1;
  }
  throw Error(StrCat(target, ": cannot be written: no name for a temporary file is free"));
}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  unfinished_.reset();
  close(descriptor_);
}

void TemporaryFile::MoveToTarget() {
  // A library that was given the name may have put another file there.
  const int written = open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  const bool synced = written >= 0 && Synced(written);
  const int reason = errno;
  if (written >= 0) close(written);
  SPLAT_CHECK(synced, target_, ": cannot be written: ", std::strerror(reason));
  SPLAT_CHECK(rename(path_.c_str(), target_.c_str()) == 0, target_, ": cannot be written: ", std::strerror(errno));
  unfinished_.reset();
  close(descriptor_);
  descriptor_ = -1;
  SyncFolder(FolderOf(target_));
}

void RemoveAbandonedFiles(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.rfind(kPrefix, 0) == 0 || IsNameOfLock(name)) found.push_back(entry->path().string());
  }
  for (const std::string& path : found) {
    const int descriptor = open(path.c_str(), kOpenFlags);
    if (descriptor < 0) continue;
    struct stat status {};
    const bool ours = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid();
    if (ours && flock(descriptor, LOCK_EX | LOCK_NB) == 0 && LeadsTo(path.c_str(), descriptor)) unlink(path.c_str());
    close(descriptor);
  }
}

}  // namespace splat
