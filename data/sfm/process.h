// A process is another program that is run: its output is handed on line by line, and it is never left behind.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace splat::data {

struct ProcessOptions {
  // Is given each line of standard output and error without its end, of more than 64 KiB in parts; may be empty.
  std::function<void(const std::string&)> on_line;
  std::function<bool()> cancelled;       // asked ten times a second; true ends the program at once; may be empty
  std::vector<std::string> environment;  // NAME=value, in the place of what the own environment says
  // A program that for so long shows no sign of work (data/sfm/idle_watch.h) is ended; 0: it is waited for.
  double idle_limit_s = 0;
  std::function<uint64_t()> files_seen;  // a number that changes with the program's files; may be empty
};

struct ProcessResult {
  bool cancelled = false;
  bool idle = false;  // it was ended because it did nothing
  int exit_code = 0;  // meaningful if signal is 0
  int signal = 0;     // that ended the program, 0: it ended by itself
};

// Runs `command` (a program, found through PATH, and its arguments) to its end, without a shell. The program reads
// nothing, runs in a process group of its own that is killed as a whole when cancelled or idle, and is killed by the
// system if the calling thread dies (Linux). Throws splat::Error naming the program if it cannot be started. An
// exception of `on_line` or `cancelled` kills the program and passes on.
ProcessResult RunProcess(const std::vector<std::string>& command, const ProcessOptions& options);

}  // namespace splat::data
