// The programs share this parsing of a command line and this layout of its help text.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace splat::apps {

// The columns of a help text.
constexpr size_t kHelpColumns = 100;

// Returns `text` in lines of at most `columns` characters; all lines but the first begin with `indent` blanks.
std::string Wrapped(const std::string& text, size_t columns, size_t indent = 0);

// Parses the command line. False if --help or --version was asked for and has been printed. Throws splat::Error.
bool ParseCommandLine(CLI::App& app, int argc, char** argv);

}  // namespace splat::apps
