#include "core/machine_limits.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "core/check.h"

namespace splat {
namespace {

// The first number of a file; none for "max", for what cannot be read, and for what is negative.
bool ReadNumber(const std::string& path, int64_t& number) {
  std::ifstream file(path);
  return bool(file >> number) && number >= 0;
}

// The line "KEY NUMBER" of a file; 0 without one.
int64_t ReadEntry(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  std::string word;
  for (int64_t number = 0; file >> word >> number;) {
    if (word == key) return number;
  }
  return 0;
}

// The names of a version's files; the cache of files that may be dropped counts as used there.
struct MemoryFiles {
  std::vector<std::string> limits;
  std::string used, cache_entry;
};

void ApplyMemory(const std::string& group, const MemoryFiles& files, GroupLimits& limits) {
  for (const std::string& name : files.limits) {
    int64_t limit = 0, used = 0;
    if (!ReadNumber(group + name, limit)) continue;
    limits.memory = std::min(limits.memory, limit);
    if (!ReadNumber(group + files.used, used)) continue;
    used -= std::min(used, ReadEntry(group + "/memory.stat", files.cache_entry));
    limits.free = std::min(limits.free, std::max<int64_t>(0, limit - used));
  }
}

void ApplyCores(double quota, double period, GroupLimits& limits) {
  if (!(quota > 0 && period > 0)) return;
  limits.cores = limits.cores > 0 ? std::min(limits.cores, quota / period) : quota / period;
}

void ApplyVersion1(const std::string& group, GroupLimits& limits) {
  ApplyMemory(group, {{"/memory.limit_in_bytes"}, "/memory.usage_in_bytes", "total_inactive_file"}, limits);
  int64_t quota = 0, period = 0;
  if (ReadNumber(group + "/cpu.cfs_quota_us", quota) && ReadNumber(group + "/cpu.cfs_period_us", period)) {
    ApplyCores(double(quota), double(period), limits);
  }
}

void ApplyVersion2(const std::string& group, GroupLimits& limits) {
  ApplyMemory(group, {{"/memory.max", "/memory.high"}, "/memory.current", "inactive_file"}, limits);
  double quota = 0, period = 0;
  std::ifstream file(group + "/cpu.max");
  if (file >> quota >> period) ApplyCores(quota, period, limits);
}

// Calls `apply` for the group and all around it. Within a container the path may be the host's: then only the mount's
// own folder is there.
template <typename Apply>
void ForEachGroup(const std::string& mount, std::string path, const Apply& apply) {
  for (; !path.empty() && path != "/"; path.erase(path.find_last_of('/'))) apply(mount + path);
  apply(mount);
}

// The number in a line such as "MemAvailable:   21056000 kB" of a file of the kernel, in bytes; -1 where it has none.
int64_t BytesNamed(const std::string& key, const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t kilobytes = 0;
    if (words >> name >> kilobytes && name == key) return 1024 * kilobytes;
  }
  return -1;
}

}  // namespace

GroupLimits ReadGroupLimits(const std::string& root) {
  GroupLimits limits;
  const std::string mount = root + "/sys/fs/cgroup";
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path", or "4:cpu,cpuacct:/path" in version 1
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path.empty() || path[0] != '/' || path.find("/..") != std::string::npos) path = "/";  // outside of what is seen
    if (controllers.empty()) {
      for (const char* place : {"", "/unified"}) {
        ForEachGroup(mount + place, path, [&](const std::string& group) { ApplyVersion2(group, limits); });
      }
      continue;
    }
    std::istringstream names(controllers);
    std::vector<std::string> mounts = {controllers};
    for (std::string name; std::getline(names, name, ',');) mounts.push_back(name);
    for (const std::string& name : mounts) {
      ForEachGroup(StrCat(mount, "/", name), path, [&](const std::string& group) { ApplyVersion1(group, limits); });
    }
  }
  return limits;
}

int64_t ReadAvailableMemory(const std::string& root) {
  return BytesNamed("MemAvailable:", root + "/proc/meminfo");
}

int64_t PeakMemory() {
  return std::max<int64_t>(0, BytesNamed("VmHWM:", "/proc/self/status"));
}

MachineMemory UsableMemory(const std::string& root) {
  const int64_t page = sysconf(_SC_PAGE_SIZE), available = ReadAvailableMemory(root);
  const GroupLimits limits = ReadGroupLimits(root);
  return {std::min(limits.memory, int64_t(sysconf(_SC_PHYS_PAGES)) * page),
          std::min(limits.free, available >= 0 ? available : int64_t(sysconf(_SC_AVPHYS_PAGES)) * page)};
}

int UsableCores() {
  const int cores = std::max(1, int(std::thread::hardware_concurrency()));
  const double allowed = ReadGroupLimits().cores;
  return allowed > 0 ? std::clamp(int(std::ceil(allowed)), 1, cores) : cores;
}

}  // namespace splat
