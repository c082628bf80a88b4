// This is the only way from text to JSON: the depth of the text is checked before anything walks through it.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/check.h"
#include "io/json_depth.h"

namespace splat {

// The value of `text`, or a discarded one (Json::is_discarded) if it is no JSON. Throws splat::Error that begins with
// `where` if it nests too deep.
template <typename J>
J ParseJsonOrDiscard(std::string_view text, const std::string& where) {
  CheckJsonDepth(text, where);
  return J::parse(text.begin(), text.end(), nullptr, false);
}

// The value of `text`; `filter` is nlohmann's callback, or null. Throws splat::Error with `where`, line and column if
// it is no JSON, holds a number out of range or nests too deep.
template <typename J>
J ParseJson(std::string_view text, const std::string& where, const typename J::parser_callback_t& filter = nullptr) {
  CheckJsonDepth(text, where);
  try {
    return J::parse(text.begin(), text.end(), filter);
  } catch (const typename J::parse_error& error) {
    const std::string_view before = text.substr(0, std::min(text.size(), error.byte > 0 ? error.byte - 1 : 0));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    throw Error(StrCat(where, ": line ", line, ", column ", before.size() - line_begin + 1,
                       ": is not valid JSON here; correct it or export it again"));
  } catch (const typename J::exception&) {
    throw Error(StrCat(where, ": holds a number that is out of range; correct it or export it again"));
  }
}

// What a value that is not as expected lacks, without the number that the library puts before it.
inline std::string JsonReason(const nlohmann::json::exception& error) {
  const std::string text = error.what();
  const size_t end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace splat
