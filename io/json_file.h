// The programs write their JSON files through this header.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace splat {

using Json = nlohmann::ordered_json;

// Writes the file whole or not at all. Bytes of file names that are not UTF-8 become the replacement character; numbers
// that are not finite become null. Throws splat::Error.
void WriteJson(const std::string& path, const Json& json);

}  // namespace splat
