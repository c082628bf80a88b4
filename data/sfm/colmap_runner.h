// This header finds out what this build of the COLMAP program can do, and runs its commands. COLMAP renamed options
// over the years (SiftExtraction.use_gpu became FeatureExtraction.use_gpu in 4.0); the program itself is asked what it
// has.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/sfm/process.h"

namespace splat::data {

// An option in the spelling of COLMAP 3.8, without the two dashes.
struct ColmapOption {
  std::string name;
  std::string value;
};

// Option names ("SiftExtraction.use_gpu", without dashes) in the help text of a command.
std::set<std::string> ParseOptionNames(const std::string& help);

// The name under which a program with `names` knows an option of COLMAP 3.8: the same, or one of its later names.
std::optional<std::string> SpellOption(const std::set<std::string>& names, const std::string& name);

// Version and kind of build, from the help text's first lines.
struct ColmapBuild {
  std::string version;  // "3.8", empty if the text does not tell
  bool has_cuda = false;
};
ColmapBuild ParseColmapBuild(const std::string& help);

// Command names in the general help text.
std::set<std::string> ParseCommandNames(const std::string& help);

struct ColmapRun {
  bool idle = false;  // ended by us because it did nothing
  int signal = 0;     // that ended it otherwise
  int exit_code = 0;
  std::string message;                        // the line of its output that says why it failed, if it did
  std::vector<std::string> left_out_options;  // names that this version does not have
  bool crashed() const { return signal != 0; }
  bool ok() const { return !idle && !crashed() && exit_code == 0; }
};

struct ColmapProgramOptions {
  std::string program = "colmap";   // a path, or a name that is looked for in PATH
  std::string workspace;            // gets colmap.log, and while a command runs a folder for its temporary files
  std::function<bool()> cancelled;  // may be empty
  double idle_limit_s = 0;          // a command that for so long shows no sign of work is ended; 0: it is waited for
};

class ColmapProgram {
 public:
  // Asks for the general help. Throws splat::Error with the install command if there is no such program.
  explicit ColmapProgram(ColmapProgramOptions options);

  const ColmapBuild& build() const { return build_; }
  bool HasCommand(const std::string& command) const { return commands_.count(command) > 0; }
  const std::set<std::string>& Options(const std::string& command);            // asked once per command
  std::string log_path() const { return setting_.workspace + "/colmap.log"; }  // the commands' output is appended

  // Runs a command. The options `needed` are passed as they are, and of those `wished` the ones that the program has.
  // Throws SfmCancelled.
  ColmapRun Run(const std::string& command, const std::vector<ColmapOption>& needed,
                const std::vector<ColmapOption>& wished, const std::function<void(const std::string&)>& on_line);

 private:
  std::string Help(const std::vector<std::string>& arguments) const;
  // Runs the program in surroundings in which it leaves nothing behind: its log files and temporary files go into a
  // folder of the workspace that is removed afterwards.
  ProcessResult RunHere(const std::vector<std::string>& arguments,
                        const std::function<void(const std::string&)>& on_line) const;

  ColmapProgramOptions setting_;
  ColmapBuild build_;
  std::set<std::string> commands_;
  std::map<std::string, std::set<std::string>> options_;
};

}  // namespace splat::data
