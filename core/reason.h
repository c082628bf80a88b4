// This header turns an exception into a reason for people.
#pragma once

#include <exception>
#include <new>
#include <string>

#include "core/check.h"

namespace splat {

// Returns the whole message of a splat::Error, which is one line except for line ends in names that it quotes, and the
// first line of any other message: LibTorch's messages go on with a stack trace.
inline std::string ReasonOf(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "out of memory";
  const std::string text = error.what();
  return dynamic_cast<const Error*>(&error) ? text : text.substr(0, text.find('\n'));
}

}  // namespace splat
