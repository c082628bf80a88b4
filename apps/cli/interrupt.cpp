#include "apps/cli/interrupt.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX has more in it than C++
#include <unistd.h>

#include "apps/cli/exit_status.h"
#include "io/unfinished_files.h"

namespace splat::apps {
namespace {

// A signal handler can reach nothing but globals.
volatile sig_atomic_t interrupt_requested = 0;

// How many times SIGINT or SIGTERM has come: somebody who asks twice does not want to wait.
volatile sig_atomic_t times_asked = 0;

// Only calls that are safe in a signal handler, here and in the other handlers.
void EndAtOnce(int) {
  RemoveUnfinishedFiles();
  _exit(kExitInterrupted);
}

// COLMAP dies with this process (data/sfm/process.h).
void HandleSignal(int) {
  if (times_asked) EndAtOnce(0);
  times_asked = 1;
  interrupt_requested = 1;
  static const char kMessage[] = "\nEnding in good order; press Ctrl-C again to end at once.\n";
  if (write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1) < 0) return;
}

// A closed terminal sends it more than once, and there is nobody to tell.
void HandleHangUp(int) {
  interrupt_requested = 1;
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
  interrupt_requested = times_asked = 0;
  Handle(SIGINT, HandleSignal);
  Handle(SIGTERM, HandleSignal);
  if (!IsIgnored(SIGHUP)) Handle(SIGHUP, HandleHangUp);
}

InterruptHandler::~InterruptHandler() {
  EndAtOnceWhenInterrupted();
}

bool InterruptRequested() {
  return interrupt_requested != 0;
}

void ThrowIfInterrupted(const std::string& message) {
  if (InterruptRequested()) throw Interrupted(message);
}

}  // namespace splat::apps
