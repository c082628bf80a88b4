#include "io/json_not_finite.h"

#include <string_view>

namespace splat {

std::string WithTextsForNotFinite(std::string json) {
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (in_text) {
      if (json[i] == '\\') {
        ++i;
      } else {
        in_text = json[i] != '"';
      }
      continue;
    }
    in_text = json[i] == '"';
    for (const std::string_view number : {"-Infinity", "Infinity", "NaN"}) {
      if (json.compare(i, number.size(), number) != 0) continue;
      std::string text(number.size(), ' ');
      text[0] = text[1] = '"';
      json.replace(i, number.size(), text);
      i += number.size() - 1;
      break;
    }
  }
  return json;
}

}  // namespace splat
