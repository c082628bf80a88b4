// Log lines have a level and go to one sink. Libraries never print: they call the sink that their caller passed in.
#pragma once

#include <functional>
#include <string>

namespace splat {

enum class LogLevel { kInfo, kWarning };

// Receives one line without a line end. A sink may be empty: then nothing is logged. It is called from one thread at a
// time.
using LogSink = std::function<void(LogLevel, const std::string&)>;

inline void Log(const LogSink& sink, LogLevel level, const std::string& line) {
  if (sink) sink(level, line);
}
inline void LogInfo(const LogSink& sink, const std::string& line) {
  Log(sink, LogLevel::kInfo, line);
}
inline void LogWarning(const LogSink& sink, const std::string& line) {
  Log(sink, LogLevel::kWarning, line);
}

}  // namespace splat
