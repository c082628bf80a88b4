#include "formats/background.h"

#include <algorithm>
#include <sstream>

#include "core/check.h"

namespace splat::formats {
namespace {

constexpr const char* kKey = "Background: ";

}  // namespace

bool IsColor(const Rgb& color) {
  return std::all_of(color.begin(), color.end(), [](double value) { return value >= 0 && value <= 1; });
}

std::string BackgroundComment(const std::optional<Rgb>& background) {
  if (!background) return {};
  const auto& [red, green, blue] = *background;
  return StrCat("comment ", kKey, red, " ", green, " ", blue, "\n");
}

std::optional<Rgb> BackgroundOf(const std::vector<std::string>& comments) {
  for (const std::string& comment : comments) {
    if (comment.rfind(kKey, 0) != 0) continue;
    std::istringstream text(comment.substr(std::char_traits<char>::length(kKey)));
    Rgb color;
    text >> color[0] >> color[1] >> color[2];
    if (text && IsColor(color)) return color;
  }
  return std::nullopt;
}

}  // namespace splat::formats
