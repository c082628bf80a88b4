#include "io/crc32.h"

#include <zlib.h>

namespace splat {

uint32_t Crc32(std::string_view bytes) {
  return uint32_t(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace splat
