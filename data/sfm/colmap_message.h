// This header finds in the output of COLMAP the one line that says why it failed.
#pragma once

#include <cstddef>
#include <string>

namespace splat::data {

// Gets every line of a command's output. A failed check or an exception counts most, then errors, then words of failure
// among the last lines, then the last line. Stack traces, empty and ruled lines do not count.
class ColmapMessage {
 public:
  void Add(const std::string& line);

  // The line without time, thread and severity, shortened to a line's length; empty if nothing was written.
  std::string text() const;

 private:
  struct Candidate {
    std::string text;
    size_t line = 0;  // counted from 1; 0: none
  };

  size_t lines_ = 0;  // that count
  Candidate fatal_, error_, suspicious_, last_;
};

}  // namespace splat::data
