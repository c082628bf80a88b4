// Runs another program, hands its output on line by line, and never leaves it behind.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace splat::data {

struct ProcessOptions {
  std::function<void(const std::string&)>
      on_line;                      // each line of standard output and error, without its end; may be empty
  std::function<bool()> cancelled;  // asked ten times a second; true ends the program at once; may be empty
};

struct ProcessResult {
  bool cancelled = false;
  int exit_code = 0;  // meaningful if signal is 0
  int signal = 0;     // that ended the program, 0: it ended by itself
};

// Runs `command` (a program, found through PATH, and its arguments) to its end, without a shell. The program reads
// nothing, runs in a process group of its own that is killed as a whole when cancelled, and is killed by the system if
// the calling thread dies (Linux). Throws splat::Error naming the program if it cannot be started. An exception of
// `on_line` or `cancelled` kills the program and passes on.
ProcessResult RunProcess(const std::vector<std::string>& command, const ProcessOptions& options);

}  // namespace splat::data
