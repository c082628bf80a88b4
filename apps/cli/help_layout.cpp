#include "apps/cli/help_layout.h"

#include <sstream>

namespace splat::apps {

std::string Wrapped(const std::string& text, size_t columns, size_t indent) {
  std::istringstream words(text);
  std::string wrapped, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > columns) {
      wrapped += line + "\n";
      line = std::string(indent, ' ') + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return wrapped + line;
}

}  // namespace splat::apps
