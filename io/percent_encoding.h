// This header decodes the bytes that URIs write as "%20" and the like.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace splat {

// Returns the text with "%20" and the like replaced by the bytes that they stand for; nothing if a "%" is not followed
// by two hexadecimal digits.
inline std::optional<std::string> PercentDecoded(std::string_view uri) {
  const auto digit = [&](size_t i) {
    const char c = i < uri.size() ? uri[i] : '\0';
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string text;
  for (size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] != '%') {
      text += uri[i];
      continue;
    }
    if (digit(i + 1) < 0 || digit(i + 2) < 0) return std::nullopt;
    text += char(digit(i + 1) * 16 + digit(i + 2));
    i += 2;
  }
  return text;
}

}  // namespace splat
