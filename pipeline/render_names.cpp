#include "pipeline/render_names.h"

#include "core/check.h"

namespace splat::pipeline {

std::string RenderNames::NameFor(const std::string& photo_name) {
  const size_t last_slash = photo_name.find_last_of("/\\");
  const size_t last_dot = photo_name.find_last_of('.');
  const size_t name_begin = last_slash == std::string::npos ? 0 : last_slash + 1;
  const bool has_extension = last_dot != std::string::npos && last_dot > name_begin;
  std::string stem = has_extension ? photo_name.substr(0, last_dot) : photo_name;
  stem.erase(0, stem.find_first_not_of("./\\"));
  for (char& c : stem) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = '_';
  }
  if (stem.empty()) stem = "view";
  std::string unique = stem;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = StrCat(stem, "_", i);
  return unique;
}

}  // namespace splat::pipeline
