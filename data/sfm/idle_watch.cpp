#include "data/sfm/idle_watch.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace splat::data {
namespace {

constexpr double kLongestStep_s = 1;        // what lies further apart was no waiting: this process was stopped
constexpr double kLongestLook_s = 10;       // between two looks at processes and files
constexpr double kLooksPerLimit = 4;        // at least
constexpr double kWorkingShare = 0.005;     // of the limit, as processor time: a program that only waits stays below
constexpr double kLeastProcessor_s = 0.03;  // three ticks of the system's counter

// Behind the name, which may hold anything, in /proc/PID/stat: state, parent, group, ..., utime, stime, and both of
// the children that were waited for.
constexpr int kGroupField = 2, kFirstTimeField = 11, kLastTimeField = 14;

// Ticks of one process if it is in `group`, else 0.
double TicksInGroup(const std::string& stat_path, pid_t group) {
  std::ifstream in(stat_path);
  std::string line;
  std::getline(in, line);
  const size_t behind_name = line.rfind(')');
  if (behind_name == std::string::npos) return 0;  // it has ended in between
  std::istringstream fields(line.substr(behind_name + 1));
  std::string field;
  double ticks = 0;
  for (int i = 0; i <= kLastTimeField && fields >> field; ++i) {
    if (i == kGroupField && field != std::to_string(group)) return 0;
    if (i >= kFirstTimeField) ticks += std::strtod(field.c_str(), nullptr);
  }
  return ticks;
}

}  // namespace

std::optional<double> GroupProcessorSeconds(pid_t group) {
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(opendir("/proc"), closedir);
  if (!processes || access("/proc/self/stat", R_OK) != 0) return std::nullopt;
  double ticks = 0;
  while (const dirent* entry = readdir(processes.get())) {
    if (!std::isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
    ticks += TicksInGroup(std::string("/proc/") + entry->d_name + "/stat", group);
  }
  return ticks / double(std::max(1l, sysconf(_SC_CLK_TCK)));
}

IdleWatch::IdleWatch(double limit_s, pid_t group, std::function<uint64_t()> files)
    : limit_s_(limit_s), group_(group), files_(std::move(files)), asked_(std::chrono::steady_clock::now()) {
  if (limit_s_ > 0) Look();
}

void IdleWatch::Look() {
  since_look_s_ = 0;
  const std::optional<double> processor_s = GroupProcessorSeconds(group_);
  const uint64_t files_seen = files_ ? files_() : 0;
  // A child that ends takes its time along, so a smaller number is a sign of work, too.
  const double least = std::max(kLeastProcessor_s, kWorkingShare * limit_s_);
  const bool works = !processor_s || !processor_s_ || std::abs(*processor_s - *processor_s_) >= least;
  if (!works && files_seen == files_seen_) return;
  processor_s_ = processor_s;
  files_seen_ = files_seen;
  idle_s_ = 0;
}

bool IdleWatch::Expired() {
  if (!(limit_s_ > 0)) return false;
  const auto now = std::chrono::steady_clock::now();
  const double step_s = std::min(kLongestStep_s, std::chrono::duration<double>(now - asked_).count());
  asked_ = now;
  idle_s_ += step_s;
  since_look_s_ += step_s;
  if (since_look_s_ < std::min(kLongestLook_s, limit_s_ / kLooksPerLimit) && idle_s_ < limit_s_) return false;
  Look();
  return idle_s_ >= limit_s_;
}

}  // namespace splat::data
