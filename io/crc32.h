// The checksum that PNG, gzip and zip have.
#pragma once

#include <cstdint>
#include <string_view>

namespace splat {

// Returns the CRC-32 of the bytes (ISO 3309).
uint32_t Crc32(std::string_view bytes);

}  // namespace splat
