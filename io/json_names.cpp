#include "io/json_names.h"

#include <cstdio>
#include <optional>

#include "core/utf8.h"

namespace splat {
namespace {

constexpr size_t kCodeSize = 4;  // of "\xHH"
constexpr unsigned char kBackslash = 0x5c;

std::string CodeOf(unsigned char byte) {
  char code[kCodeSize + 1];
  std::snprintf(code, sizeof(code), "\\x%02x", unsigned(byte));
  return code;
}

// The byte of "\xHH" where `text` begins so, and NameInJson may have written it.
std::optional<unsigned char> ByteOfCode(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (text.size() < kCodeSize || text[0] != '\\' || text[1] != 'x') return std::nullopt;
  if (digit(text[2]) < 0 || digit(text[3]) < 0) return std::nullopt;
  const auto byte = static_cast<unsigned char>(digit(text[2]) * 16 + digit(text[3]));
  if (byte < 0x80 && byte != kBackslash) return std::nullopt;
  return byte;
}

}  // namespace

std::string NameInJson(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    size_t bytes = FirstCharacterOf(name).bytes;
    if (bytes == 0 || ByteOfCode(name)) {
      text += CodeOf(static_cast<unsigned char>(name[0]));
      bytes = 1;
    } else {
      text.append(name.substr(0, bytes));
    }
    name.remove_prefix(bytes);
  }
  return text;
}

std::string NameFromJson(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    const auto byte = ByteOfCode(text);
    name += byte ? static_cast<char>(*byte) : text[0];
    text.remove_prefix(byte ? kCodeSize : 1);
  }
  return name;
}

}  // namespace splat
