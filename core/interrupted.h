// This exception ends work that was told to stop.
#pragma once

#include <stdexcept>

namespace splat {

// Thrown where a request to stop (Ctrl-C, or the caller of a library) ends the work without its result. Programs end
// with status 130.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace splat
