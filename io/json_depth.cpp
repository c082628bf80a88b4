#include "io/json_depth.h"

#include "core/check.h"

namespace splat {

void CheckJsonDepth(std::string_view text, const std::string& path) {
  constexpr int kDeepest = 64;
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;  // whatever follows does not end the string
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      SPLAT_CHECK(++depth <= kDeepest, path, ": its JSON nests more than ", kDeepest, " deep; it is made to harm");
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
}

}  // namespace splat
