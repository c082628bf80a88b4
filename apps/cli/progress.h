// A program tells its user here what it does while it works: by a redrawn line with a bar on a terminal, by plain lines
// elsewhere.
#pragma once

#include <chrono>
#include <mutex>
#include <ostream>
#include <string>

#include "core/log.h"

namespace splat::apps {

enum class Verbosity { kQuiet, kNormal, kVerbose };

// Thread-safe. Progress and information go to `out`, warnings to `err`.
class Progress {
 public:
  struct Options {
    bool terminal = false;              // `out` can redraw a line
    int columns = 80;                   // its width
    double seconds_between_lines = 10;  // if it is no terminal
    Verbosity verbosity = Verbosity::kNormal;
  };

  Progress(std::ostream& out, std::ostream& err, const Options& options);
  ~Progress();  // leaves the cursor on a fresh line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Returns the options that suit standard output and standard error as they are.
  static Options ForStandardOutput(Verbosity verbosity);

  // Begins a stage: "Training".
  void Begin(const std::string& stage);
  // The stage has come to `fraction` (0..1); `text` says more, such as "840/2000  loss 0.041".
  void Update(double fraction, const std::string& text);
  // Ends the stage with a line that stays: "Training: 2,000 steps in 3:20".
  void End(const std::string& text);

  void Info(const std::string& line);
  void Warn(const std::string& line);

  // A sink that prints warnings always, information unless quiet, and the rest if verbose.
  LogSink Sink();

 private:
  using Clock = std::chrono::steady_clock;

  void Print(std::ostream& stream, const std::string& line);
  void Redraw(const std::string& line);
  void ClearBar();

  std::ostream& out_;
  std::ostream& err_;
  const Options options_;
  std::mutex mutex_;
  std::string stage_;
  Clock::time_point last_shown_;
  bool bar_shown_ = false;
};

}  // namespace splat::apps
