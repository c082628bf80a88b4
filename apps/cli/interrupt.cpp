#include "apps/cli/interrupt.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX has more in it than C++
#include <unistd.h>

#include <atomic>

#include "apps/cli/exit_status.h"
#include "io/unfinished_files.h"

namespace splat::apps {
namespace {

// A signal handler can reach nothing but globals, and two threads may be in one at the same time.
std::atomic<bool> interrupt_requested = false;

// Whether SIGINT or SIGTERM has come: somebody who asks twice does not want to wait.
std::atomic<bool> was_asked = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not wait for a lock");

// Only calls that are safe in a signal handler, here and in the other handlers.
void EndAtOnce(int) {
  RemoveUnfinishedFiles();
  _exit(kExitInterrupted);
}

// COLMAP dies with this process (data/sfm/process.h).
void HandleSignal(int) {
  if (was_asked.exchange(true)) EndAtOnce(0);
  interrupt_requested = true;
  static const char kMessage[] = "\nEnding in good order; press Ctrl-C again to end at once.\n";
  if (write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1) < 0) return;
}

// A closed terminal sends it more than once, and there is nobody to tell.
void HandleHangUp(int) {
  interrupt_requested = true;
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

// nohup and its like have it ignored.
bool IsIgnored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void IgnoreFailedWrites() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

void EndAtOnceWhenInterrupted() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!IsIgnored(signal)) Handle(signal, EndAtOnce);
  }
}

InterruptHandler::InterruptHandler() {
  interrupt_requested = was_asked = false;
  Handle(SIGINT, HandleSignal);
  Handle(SIGTERM, HandleSignal);
  if (!IsIgnored(SIGHUP)) Handle(SIGHUP, HandleHangUp);
}

InterruptHandler::~InterruptHandler() {
  EndAtOnceWhenInterrupted();
}

bool InterruptRequested() {
  return interrupt_requested;
}

void ThrowIfInterrupted(const std::string& message) {
  if (InterruptRequested()) throw Interrupted(message);
}

}  // namespace splat::apps
