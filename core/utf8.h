// This header takes UTF-8 apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace splat {

struct Utf8Character {
  uint32_t code = 0;
  size_t bytes = 0;
};

// Returns the character that begins at text[0], and how many bytes it has: 0 if that is no proper UTF-8 (RFC 3629), as
// forms that are too long and halves of surrogate pairs, and where the text is empty.
Utf8Character FirstCharacterOf(std::string_view text);

}  // namespace splat
