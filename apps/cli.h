// What the programs share on their command lines: checks of values and the parsing itself.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace splat::apps {

// A background as given to --background.
struct Background {
  std::array<double, 3> color = {0, 0, 0};  // R, G, B in 0..1
  bool random = false;                      // a new colour in every training step; `color` is black then
};

// "black", "white", "#rrggbb", "r,g,b" with numbers in 0..1, and "random" if `allow_random`. Throws splat::Error that
// says what is allowed.
Background ParseBackground(const std::string& text, bool allow_random);

// Checks for CLI11 options. Their messages quote the value and say what is allowed.
CLI::Validator WholeNumber(int64_t lowest, int64_t highest);
CLI::Validator PositiveNumber(double highest);
CLI::Validator OneOf(const std::vector<std::string>& allowed);
CLI::Validator BackgroundColor(bool allow_random);

// Parses the command line. False if --help or --version was asked for and has been printed. Throws splat::Error.
bool ParseCommandLine(CLI::App& app, int argc, char** argv);

}  // namespace splat::apps
