// The options of a table are read from and written to JSON. Reading is strict: an error names the option, its value and
// what it must be.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/option.h"

namespace splat::train {

// Puts JSON text (an object, with an object for each group) into the fields; what it does not mention stays. Returns
// one problem for each key that is unknown or has a value of the wrong type; bounds are left to OptionViolations.
// Throws splat::Error, beginning with `where`, for text that is not JSON, is not an object, or names an option twice.
std::vector<std::string> AssignJson(const std::vector<Option>& options, const std::string& text,
                                    const std::string& where);

// Returns the names of the options to which the text, which AssignJson takes, gives a value.
std::set<std::string> NamesIn(const std::vector<Option>& options, const std::string& text, const std::string& where);

// Puts "name=value" into its field, with the value as JSON would have it, and text without quotes. Throws splat::Error
// for an unknown option and a value of the wrong type or out of bounds.
void Assign(const std::vector<Option>& options, const std::string& assignment);

// Returns the options as JSON, indented by two spaces, in the order of the table.
std::string ToJson(const std::vector<Option>& options);

// Returns one message for each option whose own bounds or choices are violated.
std::vector<std::string> OptionViolations(const std::vector<Option>& options);

}  // namespace splat::train
