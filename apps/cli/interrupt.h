// Ctrl-C, SIGTERM and a closed terminal (SIGHUP) ask the program to end in order; a second Ctrl-C or SIGTERM ends it at
// once.
#pragma once

#include <string>

#include "core/interrupted.h"

namespace splat::apps {

// A write that fails, into a pipe without a reader or beyond the limit on the size of files, ends no program from now
// on and is an error of that write only.
void IgnoreFailedWrites();

// After this call each of these signals that is not ignored ends the process with kExitInterrupted
// (apps/cli/exit_status.h), after its locks and temporary files (io/unfinished_files.h) have been removed.
void EndAtOnceWhenInterrupted();

// Takes over these signals while it lives, and calls EndAtOnceWhenInterrupted at its end; there may be one object at a
// time. The second SIGINT or SIGTERM ends the process at once, as there. SIGHUP stays ignored where it was.
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
