// The watch tells a program that has stopped working from one that works for a long time without printing anything.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace splat::data {

// Processor time of all programs in a process group and of their children that have ended, in seconds. Nothing where
// the system does not tell (it has no /proc).
std::optional<double> GroupProcessorSeconds(pid_t group);

// Signs of work are output, processor time of the program's group beyond 0.5 % of the time that passes, and whatever
// changes the number that `files` returns (it may be empty). Time during which the own process is stopped does not
// count. Where the system does not tell the processor time, nothing is ever called idle.
class IdleWatch {
 public:
  // `limit_s` <= 0: there is no limit.
  IdleWatch(double limit_s, pid_t group, std::function<uint64_t()> files);

  void SawOutput() { idle_s_ = 0; }

  // Whether the program has shown no sign of work for the limit. To be asked several times a second: it looks at
  // processes and files only now and then.
  bool Expired();

 private:
  void Look();

  double limit_s_;
  pid_t group_;
  std::function<uint64_t()> files_;
  std::chrono::steady_clock::time_point asked_;
  double idle_s_ = 0, since_look_s_ = 0;
  std::optional<double> processor_s_;  // when there was a sign of work last
  uint64_t files_seen_ = 0;
};

}  // namespace splat::data
