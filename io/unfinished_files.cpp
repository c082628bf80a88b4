#include "io/unfinished_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace splat {
namespace {

constexpr int kSlots = 64;
constexpr size_t kPathBytes = 4096;

enum State : int { kFree, kFilling, kListed };

// A signal handler may use no memory that others may free at the same time, so paths are kept in places of their own.
struct Slot {
  std::atomic<int> state = {kFree};
  int descriptor = -1;
  pid_t process = 0;
  char path[kPathBytes] = {};
};
Slot slots[kSlots];

}  // namespace

UnfinishedFile::UnfinishedFile(const std::string& path, int descriptor) {
  if (path.size() >= kPathBytes) return;
  for (int i = 0; i < kSlots; ++i) {
    int expected = kFree;
    if (!slots[i].state.compare_exchange_strong(expected, kFilling)) continue;
    std::memcpy(slots[i].path, path.c_str(), path.size() + 1);
    slots[i].descriptor = descriptor;
    slots[i].process = getpid();
    slots[i].state = kListed;
    slot_ = i;
    return;
  }
}

UnfinishedFile::~UnfinishedFile() {
  if (slot_ >= 0) slots[slot_].state = kFree;
}

HeldSignals::HeldSignals() {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
  pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldSignals::~HeldSignals() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool LeadsTo(const char* path, int descriptor) {
  struct stat opened {
  }, named{};
  return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

void RemoveUnfinishedFiles() {
  const int error = errno;
  for (Slot& slot : slots) {
    if (slot.state != kListed || slot.process != getpid()) continue;
    if (slot.descriptor < 0 || LeadsTo(slot.path, slot.descriptor)) unlink(slot.path);
  }
  errno = error;
}

}  // namespace splat
