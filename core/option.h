// An option is defined in one place: a row with its name, the field that holds it, its bounds, its help text and the
// flag of a command line. Each struct of settings has a function OptionsOf that gives its rows, bound to one object.
// Files of settings, command lines, help texts and checks are made from them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/rgb.h"

namespace splat {

// The storage of an option. An optional without a value: not given.
using OptionField = std::variant<bool*, int*, int64_t*, uint64_t*, double*, std::string*, Rgb*, std::optional<int>*,
                                 std::optional<int64_t>*, std::optional<Rgb>*, std::vector<std::string>*>;

// What a number, or each number of a colour, must satisfy.
struct OptionBounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false, below_max = false;  // true: the bound itself is excluded

  // False for NaN.
  bool Hold(double value) const {
    return (above_min ? value > min : value >= min) && (below_max ? value < max : value <= max);
  }
  // "at least 1", "above 0 and below 1"; empty where anything goes.
  std::string Text() const;
};

// How an option is given on a command line.
struct OptionFlag {
  std::string names;       // "-n,--iterations"; without dashes: known by its place; empty: there is no flag
  std::string value_name;  // "N"; empty for a switch, which sets its field, or clears it if it is called "--no-..."
  std::string group;       // the heading in the help text
  bool required = false;
  // The least value of the bounds, or an empty text, stands for this: something that is chosen. On a command line it is
  // not given; leave the option out to get it.
  std::string stands_for;
  // Says why a text is refused that type, bounds and choices allow; an empty answer allows it. The function may be
  // null.
  std::string (*refuse)(const std::string& text) = nullptr;
};

struct Option {
  template <typename T>
  Option(std::string option_name, T& storage, std::string text)
      : name(std::move(option_name)), field(&storage), help(std::move(text)) {}

  std::string name;  // in files and assignments, with its groups: "density.refine_every"
  OptionField field;
  std::string help;  // begins with a capital letter, ends without a full stop
  OptionBounds bounds;
  std::vector<std::string> choices;  // of text; empty: any
  OptionFlag flag;

  // These functions are for tables: each changes the row and returns it.
  Option& AtLeast(double min) { return Within({min, bounds.max, false, false}); }
  Option& Above(double min) { return Within({min, bounds.max, true, false}); }
  Option& Between(double min, double max) { return Within({min, max, false, false}); }
  Option& Inside(double min, double max) { return Within({min, max, true, true}); }      // both excluded
  Option& FromBelow(double min, double max) { return Within({min, max, false, true}); }  // the upper one excluded
  Option& OneOf(std::vector<std::string> texts) {
    choices = std::move(texts);
    return *this;
  }
  // "-n,--iterations N": names and, after a blank, the name of the value.
  Option& Flag(const std::string& names_and_value, const std::string& group);
  Option& Required() {
    flag.required = true;
    return *this;
  }
  Option& LeastStandsFor(const std::string& words) {
    flag.stands_for = words;
    return *this;
  }
  Option& Refuse(std::string (*refuse)(const std::string& text)) {
    flag.refuse = refuse;
    return *this;
  }

 private:
  Option& Within(const OptionBounds& wanted) {
    bounds = wanted;
    return *this;
  }
};

// The value for people: "0.05", "auto", "black", "true"; empty if there is none.
std::string ValueText(const Option& option);

// What the value should be instead: "at least 1", "one of a, b"; empty if bounds and choices hold.
std::string Violation(const Option& option);

// The long name of its flag: "--iterations"; empty if there is none.
std::string LongFlag(const Option& option);

// "a, b, c"
std::string Joined(const std::vector<std::string>& parts, const char* between = ", ");

// Adds `more` at the end of `options`, with `prefix` before the names.
void Append(std::vector<Option>& options, std::vector<Option> more, const std::string& prefix = "");

}  // namespace splat
