// The programs share this layout of their help texts.
#pragma once

#include <cstddef>
#include <string>

namespace splat::apps {

// The columns of a help text.
constexpr size_t kHelpColumns = 100;

// Returns `text` in lines of at most `columns` characters; all lines but the first begin with `indent` blanks.
std::string Wrapped(const std::string& text, size_t columns, size_t indent = 0);

}  // namespace splat::apps
