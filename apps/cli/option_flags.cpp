#include "apps/cli/option_flags.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "apps/cli/cli.h"
#include "apps/cli/help_layout.h"
#include "apps/cli/text_values.h"
#include "core/check.h"
#include "io/text_scan.h"

namespace splat::apps {
namespace {

constexpr const char* kNotEmpty = "a value that is not empty";

std::string Refusal(const std::string& text, const std::string& allowed) {
  return StrCat("'", text, "' is not allowed; use ", allowed);
}

// The bounds of a command line: a value that stands for something that is chosen is not given.
OptionBounds BoundsOf(const Option& option, bool whole) {
  OptionBounds bounds = option.bounds;
  if (option.flag.stands_for.empty()) return bounds;
  if (whole) {
    bounds.min += 1;
  } else {
    bounds.above_min = true;
  }
  return bounds;
}

// Read sets `value` to what the text says, or returns what is wrong.
template <typename T>
std::string Read(const Option& option, const std::string& text, T& value) {
  static_assert(std::is_integral_v<T>);
  const auto number = ParseNumber<T>(text);
  const OptionBounds bounds = BoundsOf(option, true);
  if (!number || !bounds.Hold(double(*number))) {
    const std::string to = std::isfinite(bounds.max) ? StrCat(" to ", int64_t(bounds.max)) : "";
    return Refusal(text, StrCat("a whole number from ", int64_t(bounds.min), to));
  }
  value = *number;
  return "";
}

std::string Read(const Option& option, const std::string& text, double& value) {
  const auto number = ParseFiniteNumber(text);
  const OptionBounds bounds = BoundsOf(option, false);
  if (!number || !bounds.Hold(*number)) return Refusal(text, "a number " + bounds.Text());
  value = *number;
  return "";
}

std::string Read(const Option& option, const std::string& text, std::string& value) {
  const bool chosen =
      option.choices.empty() || std::find(option.choices.begin(), option.choices.end(), text) != option.choices.end();
  if (!chosen) return Refusal(text, "one of " + Joined(option.choices));
  if (text.empty())
    return Refusal(text, option.flag.required ? kNotEmpty : StrCat(kNotEmpty, ", or leave the option out"));
  value = text;
  return "";
}

std::string ReadColor(const std::string& text, Rgb& value) {
  try {
    value = ParseBackground(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

// A background that always has a value is a training's: "auto" is black, for what is far away is splats (--sky).
std::string Read(const Option&, const std::string& text, Rgb& value) {
  const std::string problem = ReadColor(text == "auto" ? "black" : text, value);
  return problem.empty() ? "" : problem + ", or auto";
}

// One that may be left out is then the scene's or the run's, which "auto" would not say.
std::string Read(const Option&, const std::string& text, std::optional<Rgb>& value) {
  Rgb given{};
  std::string problem = ReadColor(text, given);
  if (problem.empty()) value = given;
  return problem;
}

std::string Read(const Option&, const std::string& text, std::vector<std::string>& value) {
  value = {text};
  return "";
}

std::string Read(const Option&, const std::string& text, bool& value) {
  value = text == "true";
  return "";
}

template <typename T>
std::string Read(const Option& option, const std::string& text, std::optional<T>& value) {
  T given{};
  std::string problem = Read(option, text, given);
  if (problem.empty()) value = given;
  return problem;
}

bool IsSwitch(const Option& option) {
  return std::holds_alternative<bool*>(option.field);
}

// What stands behind "default:" in the help text; empty: nothing.
std::string DefaultText(const Option& option) {
  if (!option.flag.stands_for.empty()) return option.flag.stands_for;
  return IsSwitch(option) || option.flag.required ? "" : ValueText(option);
}

CLI::Option* Add(CLI::App& app, const Option& option) {
  const OptionFlag& flag = option.flag;
  if (IsSwitch(option)) {
    return app.add_flag(flag.names, option.help)->group(flag.group)->disable_flag_override();  // no "--quiet=false"
  }
  CLI::Option* added = app.add_option(
      flag.names, [](const CLI::results_t&) { return true; }, option.help);
  added->type_name(flag.value_name)->group(flag.group)->required(flag.required)->default_str(DefaultText(option));
  if (std::holds_alternative<std::vector<std::string>*>(option.field)) {
    added->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args(false);
  } else {
    added->expected(1);
  }
  return added->check([option](const std::string& text) { return TextProblem(option, text); });
}

}  // namespace

std::string TextProblem(const Option& option, const std::string& text) {
  std::string refused = option.flag.refuse ? option.flag.refuse(text) : "";
  if (!refused.empty()) return refused;
  return std::visit(
      [&](const auto* field) {
        auto scratch = *field;
        return Read(option, text, scratch);
      },
      option.field);
}

OptionFlags::OptionFlags(CLI::App& app, const std::vector<Option>& options, const std::vector<std::string>& groups) {
  size_t added = 0, wanted = 0;
  for (const Option& option : options) wanted += option.flag.names.empty() ? 0 : 1;
  for (const std::string& group : groups) {
    for (const Option& option : options) {
      if (option.flag.names.empty() || option.flag.group != group) continue;
      flags_.push_back({option, Add(app, option)});
      ++added;
    }
  }
  SPLAT_CHECK(added == wanted, "a flag is under a heading that the help text does not have");
}

void OptionFlags::Assign() const {
  for (const Flag& flag : flags_) {
    if (flag.given->count() == 0) continue;
    const std::vector<std::string>& texts = flag.given->results();
    if (IsSwitch(flag.option)) {
      *std::get<bool*>(flag.option.field) = LongFlag(flag.option).rfind("--no-", 0) != 0;
    } else if (const auto* list = std::get_if<std::vector<std::string>*>(&flag.option.field)) {
      **list = texts;
    } else {
      const std::string problem =
          std::visit([&](auto* field) { return Read(flag.option, texts.back(), *field); }, flag.option.field);
      SPLAT_CHECK(problem.empty(), LongFlag(flag.option), ": ", problem);
    }
  }
}

std::string OptionFlags::TextOf(const std::string& name) const {
  for (const Flag& flag : flags_) {
    if (flag.option.name == name && flag.given->count() > 0) return flag.given->results().back();
  }
  return "";
}

std::vector<Option> OptionFlags::Given() const {
  std::vector<Option> given;
  for (const Flag& flag : flags_) {
    if (flag.given->count() > 0) given.push_back(flag.option);
  }
  return given;
}

std::string SettingsHelp(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) {
    std::string line = option.name + ": " + LongFlag(option);
    if (option.flag.names.empty()) {
      const std::string bounds = option.choices.empty() ? option.bounds.Text() : Joined(option.choices);
      line =
          StrCat(option.name, " = ", ValueText(option), bounds.empty() ? "" : " (" + bounds + ")", ": ", option.help);
    }
    text += "  " + Wrapped(line, kHelpColumns - 2, 6) + "\n";
  }
  return text;
}

}  // namespace splat::apps
