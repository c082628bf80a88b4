#include "core/printable.h"

#include <cstdint>
#include <cstdio>

#include "core/utf8.h"

namespace splat {
namespace {

bool IsVisible(uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool line_end = code == 0x2028 || code == 0x2029;
  const bool direction = code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069);
  return !control && !line_end && !direction;
}

std::string Escaped(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  char text[16];
  std::snprintf(text, sizeof(text), code < 0x80 ? "\\x%02x" : "\\u{%04x}", unsigned(code));
  return text;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Utf8Character character = FirstCharacterOf(text);
    if (character.bytes == 0) {
      char byte[8];
      std::snprintf(byte, sizeof(byte), "\\x%02x", unsigned(static_cast<unsigned char>(text[0])));
      shown += byte;
    } else if (IsVisible(character.code)) {
      shown.append(text.substr(0, character.bytes));
    } else {
      shown += Escaped(character.code);
    }
    text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
  }
  return shown;
}

}  // namespace splat
