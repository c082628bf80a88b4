#include "io/json_file.h"

#include "io/atomic_file.h"

namespace splat {

void WriteJson(const std::string& path, const Json& json) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace);
  WriteFileAtomically(path, text + '\n');
}

}  // namespace splat
