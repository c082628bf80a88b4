// Ctrl-C and SIGTERM: the first one asks the program to end in order, the second one ends it at once.
#pragma once

#include <string>

#include "core/interrupted.h"

namespace splat::apps {

// Takes over SIGINT and SIGTERM while it lives; there may be one object at a time. The second signal ends the process
// with status 130.
class InterruptHandler {
 public:
  InterruptHandler();
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;
};

// Whether the first signal has come.
bool InterruptRequested();

// Throws Interrupted(message) if it has.
void ThrowIfInterrupted(const std::string& message);

}  // namespace splat::apps
