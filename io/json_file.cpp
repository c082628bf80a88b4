#include "io/json_file.h"

#include "io/atomic_file.h"
#include "io/json_names.h"

namespace splat {
namespace {

// The same with NameInJson for each text and key.
Json WithNames(const Json& json) {
  if (json.is_string()) return NameInJson(json.get_ref<const std::string&>());
  if (!json.is_structured()) return json;
  Json result = json.is_array() ? Json::array() : Json::object();
  if (json.is_array()) {
    for (const Json& item : json) result.push_back(WithNames(item));
  } else {
    for (const auto& [key, value] : json.items()) result[NameInJson(key)] = WithNames(value);
  }
  return result;
}

}  // namespace

void WriteJson(const std::string& path, const Json& json) {
  WriteFileAtomically(path, WithNames(json).dump(2) + '\n');
}

}  // namespace splat
