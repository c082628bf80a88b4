// The programs share this frame around main.
#pragma once

#include <functional>
#include <string>

namespace splat::apps {

// The frame of main: it calls `run` and returns its result. Every exception becomes one line on stderr, "program:
// error: ...", and the status 1; an interruption becomes the status 130. A signal that asks for it ends the program at
// once where it has no InterruptHandler (apps/cli/interrupt.h).
int RunProgram(const std::string& program, const std::function<int()>& run);

}  // namespace splat::apps
