#include "apps/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "core/check.h"
#include "core/printable.h"

namespace splat::apps {
namespace {

constexpr double kSecondsBetweenRedraws = 0.1;
constexpr int kBarWidth = 24;

std::string Bar(double fraction) {
  const int filled = int(std::lround(fraction * kBarWidth));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

std::string Percent(double fraction) {
  char text[16];
  std::snprintf(text, sizeof(text), "%3d %%", int(std::floor(fraction * 100)));
  return text;
}

}  // namespace

Progress::Progress(std::ostream& out, std::ostream& err, const Options& options)
    : out_(out), err_(err), options_(options) {}

Progress::~Progress() {
  ClearBar();
}

Progress::Options Progress::ForStandardOutput(Verbosity verbosity) {
  Options options;
  options.verbosity = verbosity;
  options.terminal = isatty(STDOUT_FILENO) != 0;
  winsize size = {};
  if (options.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
    options.columns = size.ws_col;
  }
  return options;
}

void Progress::ClearBar() {
  if (bar_shown_) out_ << "\r\033[K" << std::flush;
  bar_shown_ = false;
}

void Progress::Redraw(const std::string& line) {
  out_ << "\r" << Printable(line).substr(0, size_t(options_.columns - 1)) << "\033[K" << std::flush;
  bar_shown_ = true;
}

void Progress::Print(std::ostream& stream, const std::string& line) {
  ClearBar();
  stream << Printable(line) << std::endl;  // the one place where names and texts from outside reach the terminal
}

void Progress::Begin(const std::string& stage) {
  const std::lock_guard<std::mutex> lock(mutex_);
  stage_ = stage;
  last_shown_ = options_.terminal ? Clock::time_point() : Clock::now();
  if (options_.verbosity == Verbosity::kQuiet) return;
  if (options_.terminal) {
    Redraw(stage_ + " ...");
  } else {
    Print(out_, stage_ + " ...");
  }
}

void Progress::Update(double fraction, const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (options_.verbosity == Verbosity::kQuiet) return;
  const Clock::time_point now = Clock::now();
  const double interval = options_.terminal ? kSecondsBetweenRedraws : options_.seconds_between_lines;
  if (std::chrono::duration<double>(now - last_shown_).count() < interval) return;
  last_shown_ = now;
  const double clamped = fraction >= 0 ? std::min(fraction, 1.0) : 0;
  if (!options_.terminal) {
    Print(out_, StrCat(stage_, ": ", Percent(clamped), "  ", text));
    return;
  }
  Redraw(StrCat(stage_, " ", Bar(clamped), " ", Percent(clamped), "  ", text));
}

void Progress::End(const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (options_.verbosity != Verbosity::kQuiet) Print(out_, StrCat(stage_, ": ", text));
}

void Progress::Info(const std::string& line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (options_.verbosity != Verbosity::kQuiet) Print(out_, line);
}

void Progress::Warn(const std::string& line) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Print(err_, "warning: " + line);
}

LogSink Progress::Sink() {
  return [this](LogLevel level, const std::string& line) {
    if (level == LogLevel::kWarning) {
      Warn(line);
    } else if (level == LogLevel::kInfo || options_.verbosity == Verbosity::kVerbose) {
      Info(line);
    }
  };
}

}  // namespace splat::apps
