#include "apps/cli/cli.h"

#include <algorithm>
#include <iostream>
#include <tuple>

#include "apps/cli/help_layout.h"
#include "core/check.h"
#include "core/edit_distance.h"
#include "core/reason.h"

namespace splat::apps {
namespace {

constexpr size_t kNameColumns = 32;  // of the options' names
constexpr size_t kLeastLetters = 5;  // of an unknown option, with its dashes, for another to be near

// Defaults in brackets behind the descriptions instead of within the options' names, and lines that fit a terminal.
void LayOutHelp(CLI::App& app) {
  app.get_formatter()->column_width(kNameColumns);
  for (CLI::Option* option : app.get_options()) {
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) text += " (default: " + option->get_default_str() + ")";
    option->default_str("")->description(Wrapped(text, kHelpColumns - kNameColumns));
  }
}

// What is wrong with the number of an option's values; empty where it is something else.
std::string NumberOfValues(const CLI::App& app, const CLI::ParseError& error) {
  const std::string said = error.what();
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    const size_t times = option->count();
    const bool is_switch = option->get_items_expected_max() == 0, takes_one = option->get_items_expected_max() == 1;
    const std::string begin = is_switch ? name.substr(name.find_first_not_of('-')) + " was given" : name + ": ";
    if (said.rfind(begin, 0) != 0) continue;
    if (is_switch) return name + " takes no value";
    if (takes_one && times > 1) {
      return StrCat(name, " is given ", times == 2 ? "twice" : StrCat(times, " times"), "; give it once");
    }
    return StrCat(name, " needs a value, ", option->get_type_name());
  }
  return "";
}

// The option that a misspelt one was meant to be: one that goes on as it begins, or else the nearest by a few letters;
// empty where none is near.
std::string NearestOption(const CLI::App& app, const std::string& argument) {
  const std::string given = argument.substr(0, argument.find('='));
  if (given.rfind("--", 0) != 0 || given.size() < kLeastLetters) return "";
  std::string nearest;
  size_t best = std::max<size_t>(2, (given.size() - 2) / 3) + 1;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const std::string known = "--" + name;
      const size_t distance = known.rfind(given, 0) == 0 ? 0 : size_t(EditDistance(given, known));
      if (distance < best) std::tie(best, nearest) = std::make_tuple(distance, known);
    }
  }
  return nearest;
}

// "not expected: --imagse; did you mean --images?"; empty where all was understood.
std::string NotExpected(const CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining();
  if (unknown.empty()) return "";
  const std::string nearest = NearestOption(app, unknown.front());
  return StrCat("not expected: ", unknown.front(), nearest.empty() ? "" : StrCat("; did you mean ", nearest, "?"));
}

std::string ReasonOf(const CLI::App& app, const CLI::ParseError& error) {
  std::string said = splat::ReasonOf(error);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string number = NumberOfValues(app, error);
    return number.empty() ? said : number;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {  // a misspelt option may be why
    const std::string unknown = NotExpected(app);
    if (!unknown.empty()) said += "; " + unknown;
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return NotExpected(app);
  return said;
}

}  // namespace

bool ParseCommandLine(CLI::App& app, int argc, char** argv) {
  LayOutHelp(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version, std::cout, std::cerr);
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(StrCat(ReasonOf(app, error), " (", app.get_name(), " --help lists the options)"));
  }
  return true;
}

}  // namespace splat::apps
