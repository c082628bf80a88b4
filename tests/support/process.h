// Tests run programs with this header: their output, their exit status, a time limit, signals.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

namespace splat::testing {

struct ProcessOutput {
  int exit_code = -1;  // 128 + signal if one ended the process
  bool timed_out = false;
  std::string out, err;  // standard output and standard error
};

// A program with its standard output and error caught. Killed with its process group by the destructor.
class ChildProcess {
 public:
  // `arguments` begin with the program, found through PATH. Standard input is empty.
  explicit ChildProcess(const std::vector<std::string>& arguments, const std::string& working_folder = "") {
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return;
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      setpgid(0, 0);
      dup2(out[1], STDOUT_FILENO);
      dup2(err[1], STDERR_FILENO);
      dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
      if (!working_folder.empty() && chdir(working_folder.c_str()) != 0) _exit(127);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(out[1]);
    close(err[1]);
    pipes_[0] = out[0];
    pipes_[1] = err[0];
  }
  ~ChildProcess() {
    if (pid_ > 0 && !reaped_) {
      kill(-pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    for (const int descriptor : pipes_) {
      if (descriptor >= 0) close(descriptor);
    }
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Signal(int signal) const { kill(pid_, signal); }

  // Reads until standard output contains `text`. False if the time or the output ends before.
  bool WaitForOutput(const std::string& text, double seconds) {
    return ReadUntil(seconds, [&] { return output_.out.find(text) != std::string::npos; });
  }

  // Reads to the end and takes the exit status; kills the process if the time ends before.
  ProcessOutput Wait(double seconds) {
    output_.timed_out = !ReadUntil(seconds, [&] { return false; }) && open_pipes() > 0;
    if (output_.timed_out) kill(-pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    output_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return output_;
  }

 private:
  int open_pipes() const { return (pipes_[0] >= 0) + (pipes_[1] >= 0); }

  // True once `done` says so; false at the end of the output or of the time.
  template <typename Done>
  bool ReadUntil(double seconds, const Done& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    while (!done()) {
      const double left = std::chrono::duration<double>(end - std::chrono::steady_clock::now()).count();
      if (left <= 0 || open_pipes() == 0) return false;
      pollfd descriptors[2] = {{pipes_[0], POLLIN, 0}, {pipes_[1], POLLIN, 0}};  // -1 is passed over
      if (poll(descriptors, 2, int(left * 1000) + 1) <= 0) continue;
      for (int i = 0; i < 2; ++i) {
        if (descriptors[i].revents != 0) ReadSome(i);
      }
    }
    return true;
  }

  void ReadSome(int which) {
    char bytes[4096];
    const ssize_t size = read(pipes_[which], bytes, sizeof(bytes));
    if (size > 0) {
      (which == 0 ? output_.out : output_.err).append(bytes, size_t(size));
    } else {
      close(pipes_[which]);
      pipes_[which] = -1;
    }
  }

  pid_t pid_ = -1;
  bool reaped_ = false;
  int pipes_[2] = {-1, -1};
  ProcessOutput output_;
};

// Runs a program to its end.
inline ProcessOutput RunProgram(const std::vector<std::string>& arguments, double seconds = 300,
                                const std::string& working_folder = "") {
  return ChildProcess(arguments, working_folder).Wait(seconds);
}

// The command, such that the file that it writes under a name with this ending is broken (tests/e2e/break_files.cpp).
inline std::vector<std::string> WithBrokenFile(const std::vector<std::string>& command, const std::string& name) {
  std::vector<std::string> broken = {"env", "LD_PRELOAD=" SPLAT_BINARY_DIR "/tests/libsplat_break_files.so",
                                     "SPLAT_BREAK_FILE=" + name};
  broken.insert(broken.end(), command.begin(), command.end());
  return broken;
}

}  // namespace splat::testing
