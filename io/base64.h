// This header encodes and decodes Base64 (RFC 4648, with padding and without line breaks), which data: URLs use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace splat {

std::string EncodeBase64(std::string_view bytes);

// Returns nothing if `text` is not exactly what EncodeBase64 makes of some bytes.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace splat
