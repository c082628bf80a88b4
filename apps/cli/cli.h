// What the programs share on their command lines: checks of values and the parsing itself.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace splat::apps {

// R, G, B in 0..1 from "black", "white", "#rrggbb" or "r,g,b" with numbers in 0..1. Throws splat::Error that says what
// is allowed.
std::array<double, 3> ParseBackground(const std::string& text);

// The number that `text` is from its first to its last character; nothing if it is none or not finite.
std::optional<double> ParseNumber(const std::string& text);

// Checks for CLI11 options. Their messages quote the value and say what is allowed.
CLI::Validator WholeNumber(int64_t lowest, int64_t highest);
CLI::Validator PositiveNumber(double highest);
CLI::Validator OneOf(const std::vector<std::string>& allowed);
CLI::Validator BackgroundColor();

// Parses the command line. False if --help or --version was asked for and has been printed. Throws splat::Error.
bool ParseCommandLine(CLI::App& app, int argc, char** argv);

}  // namespace splat::apps
