// This header makes flags of a command line from the options of a table (core/option.h).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/option.h"

namespace splat::apps {

// What `text` would have to be for the option, in one line that quotes it; empty if it is allowed. The field stays.
std::string TextProblem(const Option& option, const std::string& text);

class OptionFlags {
 public:
  // Adds the options that have a flag, under the headings of `groups`, in this order. The fields are to outlive this.
  OptionFlags(CLI::App& app, const std::vector<Option>& options, const std::vector<std::string>& groups);

  // Puts what the command line gave into the fields; after the parsing.
  void Assign() const;

  // The text that the command line gave last for the option of this name; empty if it gave none.
  std::string TextOf(const std::string& name) const;

  // The options of the table that the command line gave.
  std::vector<Option> Given() const;

 private:
  struct Flag {
    Option option;
    const CLI::Option* given;
  };
  std::vector<Flag> flags_;
};

// "density.refine_every = 100 (at least 1): Steps ..." for each option, or its flag where it has one; wrapped.
std::string SettingsHelp(const std::vector<Option>& options);

}  // namespace splat::apps
