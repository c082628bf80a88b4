#include "core/option.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace splat {
namespace {

// 10000000 rather than 1e+07.
std::string NumberText(double value) {
  constexpr double kMostDigits = 1e15;
  const bool whole = std::floor(value) == value && std::abs(value) < kMostDigits;
  return whole ? StrCat(int64_t(value)) : StrCat(value);
}

// Each type of field has its TextOf, the value as text, and its Holds, whether the value is within its bounds.
std::string TextOf(bool value) {
  return value ? "true" : "false";
}
std::string TextOf(const std::string& value) {
  return value;
}
std::string TextOf(const std::vector<std::string>& value) {
  return Joined(value, ",");
}
std::string TextOf(const Rgb& value) {
  if (value == Rgb{0, 0, 0}) return "black";
  if (value == Rgb{1, 1, 1}) return "white";
  return StrCat(value[0], ",", value[1], ",", value[2]);
}
std::string TextOf(double value) {
  return NumberText(value);
}
template <typename Number>
std::string TextOf(Number value) {
  return StrCat(value);
}
template <typename T>
std::string TextOf(const std::optional<T>& value) {
  return value ? TextOf(*value) : "";
}

bool Holds(const Option&, bool) {
  return true;
}
bool Holds(const Option&, const std::vector<std::string>&) {
  return true;
}
bool Holds(const Option& option, const std::string& value) {
  return option.choices.empty() || std::count(option.choices.begin(), option.choices.end(), value) > 0;
}
bool Holds(const Option& option, const Rgb& value) {
  return std::all_of(value.begin(), value.end(), [&](double channel) { return option.bounds.Hold(channel); });
}
template <typename Number>
bool Holds(const Option& option, Number value) {
  return option.bounds.Hold(double(value));
}
template <typename T>
bool Holds(const Option& option, const std::optional<T>& value) {
  return !value || Holds(option, *value);
}

}  // namespace

std::string OptionBounds::Text() const {
  const bool has_min = std::isfinite(min), has_max = std::isfinite(max);
  if (has_min && has_max && !above_min && !below_max) {
    return StrCat("between ", NumberText(min), " and ", NumberText(max));
  }
  std::string text;
  if (has_min) text = StrCat(above_min ? "above " : "at least ", NumberText(min));
  if (has_max) text += StrCat(has_min ? " and " : "", below_max ? "below " : "at most ", NumberText(max));
  return text;
}

Option& Option::Flag(const std::string& names_and_value, const std::string& group) {
  const size_t blank = names_and_value.find(' ');
  flag.names = names_and_value.substr(0, blank);
  if (blank != std::string::npos) flag.value_name = names_and_value.substr(blank + 1);
  flag.group = group;
  return *this;
}

std::string ValueText(const Option& option) {
  return std::visit([](const auto* value) { return TextOf(*value); }, option.field);
}

std::string Violation(const Option& option) {
  if (std::visit([&](const auto* value) { return Holds(option, *value); }, option.field)) return "";
  return option.choices.empty() ? option.bounds.Text() : "one of " + Joined(option.choices);
}

std::string LongFlag(const Option& option) {
  const size_t dashes = option.flag.names.find("--");
  return dashes == std::string::npos ? "" : option.flag.names.substr(dashes);
}

std::string Joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

void Append(std::vector<Option>& options, std::vector<Option> more, const std::string& prefix) {
  for (Option& option : more) {
    option.name.insert(0, prefix);
    options.push_back(std::move(option));
  }
}

}  // namespace splat
