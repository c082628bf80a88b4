#include "apps/cli/cli.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <sstream>

#include "core/check.h"

namespace splat::apps {
namespace {

constexpr size_t kHelpColumns = 100;
constexpr size_t kNameColumns = 32;  // of the options' names

// The number that `text` is from its first to its last character.
template <typename T>
std::optional<T> Parse(const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::array<double, 3>> ParseHexColor(const std::string& text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  std::array<double, 3> color;
  for (int channel = 0; channel < 3; ++channel) {
    const char* digits = text.data() + 1 + 2 * channel;
    unsigned value = 0;
    if (std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2) return std::nullopt;
    color[channel] = value / 255.0;
  }
  return color;
}

std::optional<std::array<double, 3>> ParseColorTriple(const std::string& text) {
  const std::vector<std::string> parts = CLI::detail::split(text, ',');
  if (parts.size() != 3) return std::nullopt;
  std::array<double, 3> color;
  for (int channel = 0; channel < 3; ++channel) {
    const auto value = Parse<double>(parts[channel]);
    if (!value || !(*value >= 0 && *value <= 1)) return std::nullopt;
    color[channel] = *value;
  }
  return color;
}

CLI::Validator Check(const std::string& name, const std::function<std::string(const std::string&)>& message) {
  return CLI::Validator([message](std::string& text) { return message(text); }, "", name);
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// `text` in lines of at most `columns` characters.
std::string Wrapped(const std::string& text, size_t columns) {
  std::istringstream words(text);
  std::string wrapped, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > columns) {
      wrapped += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return wrapped + line;
}

// Defaults in brackets behind the descriptions instead of within the options' names, and lines that fit a terminal.
void LayOutHelp(CLI::App& app) {
  app.get_formatter()->column_width(kNameColumns);
  for (CLI::Option* option : app.get_options()) {
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) text += " (default: " + option->get_default_str() + ")";
    option->default_str("")->description(Wrapped(text, kHelpColumns - kNameColumns));
  }
}

}  // namespace

std::array<double, 3> ParseBackground(const std::string& text) {
  if (text == "black") return {0, 0, 0};
  if (text == "white") return {1, 1, 1};
  if (const auto color = ParseHexColor(text)) return *color;
  if (const auto color = ParseColorTriple(text)) return *color;
  throw Error(StrCat("'", text,
                     "' is not allowed; use black, white, #rrggbb or three numbers from 0 to 1 such as 0.5,0.5,0.5"));
}

std::optional<double> ParseNumber(const std::string& text) {
  const auto value = Parse<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

CLI::Validator WholeNumber(int64_t lowest, int64_t highest) {
  return Check("whole number", [=](const std::string& text) -> std::string {
    const auto value = Parse<int64_t>(text);
    if (value && *value >= lowest && *value <= highest) return {};
    return StrCat("'", text, "' is not allowed; use a whole number from ", lowest, " to ", highest);
  });
}

CLI::Validator PositiveNumber(double highest) {
  return Check("positive number", [=](const std::string& text) -> std::string {
    const auto value = Parse<double>(text);
    if (value && *value > 0 && *value <= highest) return {};
    return StrCat("'", text, "' is not allowed; use a number above 0 and up to ", highest);
  });
}

CLI::Validator OneOf(const std::vector<std::string>& allowed) {
  return Check("one of", [=](const std::string& text) -> std::string {
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return {};
    return StrCat("'", text, "' is not allowed; use one of ", CLI::detail::join(allowed, ", "));
  });
}

CLI::Validator BackgroundColor() {
  return Check("background", [](const std::string& text) -> std::string {
    try {
      ParseBackground(text);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  });
}

bool ParseCommandLine(CLI::App& app, int argc, char** argv) {
  LayOutHelp(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version, std::cout, std::cerr);
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(StrCat(FirstLine(error.what()), " (", app.get_name(), " --help lists the options)"));
  }
  return true;
}

}  // namespace splat::apps
