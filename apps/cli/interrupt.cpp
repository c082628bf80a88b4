#include "apps/cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace splat::apps {
namespace {

constexpr int kExitInterrupted = 130;

// A signal handler can reach nothing but globals.
volatile sig_atomic_t interrupt_requested = 0;

// Only calls that are safe in a signal handler. COLMAP dies with this process (data/sfm/process.h).
void HandleSignal(int) {
  if (interrupt_requested) _exit(kExitInterrupted);
  interrupt_requested = 1;
  static const char kMessage[] = "\nEnding in good order; press Ctrl-C again to end at once.\n";
  if (write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1) < 0) return;
}

}  // namespace

InterruptHandler::InterruptHandler() {
  interrupt_requested = 0;
  struct sigaction action = {};
  action.sa_handler = HandleSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptHandler::~InterruptHandler() {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

bool InterruptRequested() {
  return interrupt_requested != 0;
}

void ThrowIfInterrupted(const std::string& message) {
  if (InterruptRequested()) throw Interrupted(message);
}

}  // namespace splat::apps
