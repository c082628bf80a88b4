// This header returns the message of the splat::Error that a piece of code throws.
#pragma once

#include <string>

#include "core/check.h"

namespace splat::testing {

// Empty if `code` throws nothing; other exceptions pass through and fail the test.
template <typename Code>
std::string ErrorMessageOf(const Code& code) {
  try {
    code();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace splat::testing
