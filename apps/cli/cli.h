// The programs share this parsing of a command line.
#pragma once

#include <CLI/CLI.hpp>

namespace splat::apps {

// Parses the command line. False if --help or --version was asked for and has been printed. Throws splat::Error.
bool ParseCommandLine(CLI::App& app, int argc, char** argv);

}  // namespace splat::apps
