// These limits say how much of the machine this process may use: what it has, or less where a container or a service
// sets limits.
#pragma once

#include <cstdint>
#include <string>

namespace splat {

// The limits of the process's control groups and of all groups around them, of Linux' versions 1 and 2.
struct GroupLimits {
  int64_t memory = INT64_MAX;  // bytes; the largest number: no limit
  int64_t free = INT64_MAX;    // bytes that the tightest group has left
  double cores = 0;            // of processor time; 0: no limit
};

// Reads ROOT/proc/self/cgroup and ROOT/sys/fs/cgroup. What cannot be read limits nothing.
GroupLimits ReadGroupLimits(const std::string& root = "");

// Bytes that ROOT/proc/meminfo calls available: those that are free, and those of files' caches that may be dropped,
// which on a machine that has run for long is nearly all. -1 where it cannot be read.
int64_t ReadAvailableMemory(const std::string& root = "");

struct MachineMemory {
  int64_t total = 0, free = 0;  // bytes
};

// The memory of the machine, or of the control groups where that is less. Free memory is what ROOT/proc/meminfo calls
// available, and the groups are those of ReadGroupLimits(root); the total is that of the machine that this runs on.
MachineMemory UsableMemory(const std::string& root = "");

// The most bytes of memory that this process has had so far; 0 where that is unknown.
int64_t PeakMemory();

// The number of threads that run at the same time, at least 1.
int UsableCores();

}  // namespace splat
