#include "apps/cli/cli.h"

#include <iostream>
#include <sstream>

#include "core/check.h"
#include "core/reason.h"

namespace splat::apps {
namespace {

constexpr size_t kNameColumns = 32;  // of the options' names

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

std::string Wrapped(const std::string& text, size_t columns, size_t indent) {
  std::istringstream words(text);
  std::string wrapped, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > columns) {
      wrapped += line + "\n";
      line = std::string(indent, ' ') + word;
    } else {
      line += (line.empty() ? "" : " ") + word;
    }
  }
  return wrapped + line;
}

bool ParseCommandLine(CLI::App& app, int argc, char** argv) {
  LayOutHelp(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version, std::cout, std::cerr);
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(StrCat(ReasonOf(error), " (", app.get_name(), " --help lists the options)"));
  }
  return true;
}

}  // namespace splat::apps
