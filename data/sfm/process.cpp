#include "data/sfm/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/check.h"
#include "data/sfm/idle_watch.h"

extern char** environ;

namespace splat::data {
namespace {

constexpr int kPollMs = 100;

// A pipe whose ends close on exec and at the end of the scope.
struct Pipe {
  Pipe() {
    SPLAT_CHECK(pipe(ends) == 0, "no pipe can be made: ", std::strerror(errno));
    for (int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  ~Pipe() {
    CloseEnd(0);
    CloseEnd(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void CloseEnd(int which) {
    if (ends[which] >= 0) close(ends[which]);
    ends[which] = -1;
  }
  int ends[2] = {-1, -1};  // read, write
};

// What exec takes: pointers into the strings of the caller, made before fork.
struct StartArguments {
  StartArguments(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
    for (const std::string& word : words) command.push_back(const_cast<char*>(word.c_str()));
    command.push_back(nullptr);
    for (char** inherited = environ; *inherited != nullptr; ++inherited) {
      if (!IsReplaced(*inherited, variables)) environment.push_back(*inherited);
    }
    for (const std::string& variable : variables) environment.push_back(const_cast<char*>(variable.c_str()));
    environment.push_back(nullptr);
  }
  static bool IsReplaced(const std::string& inherited, const std::vector<std::string>& variables) {
    const std::string name = inherited.substr(0, inherited.find('=') + 1);
    return std::any_of(variables.begin(), variables.end(),
                       [&](const std::string& variable) { return variable.compare(0, name.size(), name) == 0; });
  }
  std::vector<char*> command, environment;
};

// The child's part: only calls that are safe between fork and exec. Sends errno through `failure` if exec fails.
[[noreturn]] void BecomeProgram(const StartArguments& start, const Pipe& output, const Pipe& failure, pid_t parent) {
  setpgid(0, 0);
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
#else
  (void)parent;
#endif
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int ignored_signal : {SIGPIPE, SIGXFSZ}) signal(ignored_signal, SIG_DFL);  // exec keeps what is ignored
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output.ends[1], STDOUT_FILENO);
  dup2(output.ends[1], STDERR_FILENO);
  environ = const_cast<char**>(start.environment.data());
  execvp(start.command[0], const_cast<char**>(start.command.data()));
  const int reason = errno;
  const ssize_t ignored = write(failure.ends[1], &reason, sizeof reason);
  (void)ignored;
  _exit(127);
}

// The running program and its whole group; killed and reaped at the end of the scope if that has not happened before.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() { Kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Kill() {
    if (reaped_) return;
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    Reap(0);
  }
  // Whether the program has ended.
  bool Reap(int flags) {
    if (reaped_) return true;
    pid_t result;
    do {
      result = waitpid(pid_, &status_, flags);
    } while (result < 0 && errno == EINTR);
    reaped_ = result != 0;
    return reaped_;
  }
  int status() const { return status_; }

 private:
  pid_t pid_;
  int status_ = 0;
  bool reaped_ = false;
};

constexpr size_t kLongestLine = 65536;  // bytes; more of an output without line ends would fill the memory

// Cuts what arrives into lines; a carriage return ends a line too.
class LineSplitter {
 public:
  explicit LineSplitter(const std::function<void(const std::string&)>& on_line) : on_line_(on_line) {}
  void Add(const char* bytes, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (bytes[i] != '\n' && bytes[i] != '\r') {
        if (line_.size() == kLongestLine) Flush();  // now that it goes on
        line_ += bytes[i];
      } else if (!line_.empty() || bytes[i] == '\n') {
        Flush();
      }
    }
  }
  void Flush() {
    if (on_line_) on_line_(line_);
    line_.clear();
  }
  void Finish() {
    if (!line_.empty()) Flush();
  }

 private:
  const std::function<void(const std::string&)>& on_line_;
  std::string line_;
};

// Waits up to kPollMs for output and hands it on. False at the end of the output.
bool Pump(int descriptor, LineSplitter& lines, IdleWatch& watch) {
  pollfd request = {descriptor, POLLIN, 0};
  if (poll(&request, 1, kPollMs) <= 0) return true;
  char buffer[4096];
  const ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  watch.SawOutput();
  lines.Add(buffer, size_t(count));
  return count > 0;
}

// Hands on what lies in the pipe. It stays open where the program left a child behind, whose output is not waited for.
void Drain(int descriptor, LineSplitter& lines) {
  int left = 0;
  if (ioctl(descriptor, FIONREAD, &left) != 0) return;
  while (left > 0) {
    char buffer[4096];
    const ssize_t count = read(descriptor, buffer, std::min(sizeof buffer, size_t(left)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    lines.Add(buffer, size_t(count));
    left -= int(count);
  }
}

// Whether the program was ended before it ended by itself: it was cancelled or did nothing.
bool EndedEarly(const ProcessOptions& options, Child& child, IdleWatch& watch, ProcessResult& result) {
  result.cancelled = options.cancelled && options.cancelled();
  result.idle = !result.cancelled && watch.Expired();
  if (!result.cancelled && !result.idle) return false;
  child.Kill();
  return true;
}

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& command, const ProcessOptions& options) {
  SPLAT_CHECK(!command.empty() && !command[0].empty(), "no program to run was given");
  const StartArguments start(command, options.environment);
  Pipe output, failure;
  const pid_t parent = getpid();
  const pid_t pid = fork();
  SPLAT_CHECK(pid >= 0, command[0], ": cannot be started: ", std::strerror(errno));
  if (pid == 0) BecomeProgram(start, output, failure, parent);
  Child child(pid);
  output.CloseEnd(1);
  failure.CloseEnd(1);
  int reason = 0;
  if (read(failure.ends[0], &reason, sizeof reason) == ssize_t(sizeof reason)) {
    throw Error(StrCat(command[0], ": cannot be started: ", std::strerror(reason)));
  }

  ProcessResult result;
  LineSplitter lines(options.on_line);
  IdleWatch watch(options.idle_limit_s, pid, options.files_seen);
  while (Pump(output.ends[0], lines, watch)) {
    if (EndedEarly(options, child, watch, result)) return result;
    if (!child.Reap(WNOHANG)) continue;
    Drain(output.ends[0], lines);
    break;
  }
  lines.Finish();
  while (!child.Reap(WNOHANG)) {
    if (EndedEarly(options, child, watch, result)) return result;
    usleep(kPollMs * 100);
  }
  if (WIFSIGNALED(child.status())) result.signal = WTERMSIG(child.status());
  if (WIFEXITED(child.status())) result.exit_code = WEXITSTATUS(child.status());
  return result;
}

}  // namespace splat::data
