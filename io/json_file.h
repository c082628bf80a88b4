// The programs write their JSON files through this header.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace splat {

using Json = nlohmann::ordered_json;

// Writes the file whole or not at all. Text and keys are written as NameInJson (io/json_names.h) gives them, so that
// names of files that are not UTF-8 can be read again; numbers that are not finite become null. Throws splat::Error.
void WriteJson(const std::string& path, const Json& json);

}  // namespace splat
