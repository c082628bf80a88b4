// This header has the contract checks. A caller's mistake or bad input throws splat::Error with a message for a person;
// a programmer's mistake in an inner loop is caught by SPLAT_DCHECK in debug builds only.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace splat {

// Every library function throws this for bad input or a broken contract. The message is one line that names the file or
// the argument, what was found, and what to do; apps print it and exit non-zero.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Joins its arguments with operator<<.
template <typename... Args>
std::string StrCat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

}  // namespace splat

// Throws splat::Error made of the remaining arguments unless `condition` holds. Always on. Example:
//   SPLAT_CHECK(count > 0, path, ": holds no vertices");
#define SPLAT_CHECK(condition, ...)                                       \
  do {                                                                    \
    if (!(condition)) throw ::splat::Error(::splat::StrCat(__VA_ARGS__)); \
  } while (false)

// A check for inner loops and device code; compiled in debug builds only and never reachable from user input.
#if defined(NDEBUG)
#define SPLAT_DCHECK(condition) \
  do {                          \
  } while (false)
#else
#include <cassert>
#define SPLAT_DCHECK(condition) assert(condition)
#endif
