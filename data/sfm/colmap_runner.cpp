#include "data/sfm/colmap_runner.h"

#include <cctype>
#include <deque>
#include <fstream>
#include <sstream>

#include "core/check.h"
#include "data/sfm/sfm.h"

namespace splat::data {
namespace {

constexpr size_t kLastLines = 5;  // of a command's output, for a message
constexpr const char* kInstallHint =
    "; install COLMAP (Debian, Ubuntu: sudo apt-get install colmap) or name the program with --colmap";

// Groups of options that were renamed; whatever begins with the first may be found under the others.
struct RenamedPrefix {
  const char* old_prefix;
  const char* new_prefixes[2];
};
constexpr RenamedPrefix kRenamedPrefixes[] = {
    {"SiftExtraction.", {"FeatureExtraction.", nullptr}},
    {"SiftMatching.", {"FeatureMatching.", "TwoViewGeometry."}},
    {"Mapper.", {"GlobalMapper.", nullptr}},
};

bool IsOptionCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
}

}  // namespace

std::set<std::string> ParseOptionNames(const std::string& help) {
  std::set<std::string> names;
  for (size_t at = help.find("--"); at != std::string::npos; at = help.find("--", at)) {
    const bool begins = at == 0 || std::isspace(static_cast<unsigned char>(help[at - 1]));
    at += 2;
    size_t end = at;
    while (end < help.size() && IsOptionCharacter(help[end])) ++end;
    if (begins && end > at) names.insert(help.substr(at, end - at));
    at = end;
  }
  return names;
}

std::optional<std::string> SpellOption(const std::set<std::string>& names, const std::string& name) {
  if (names.count(name)) return name;
  for (const RenamedPrefix& renamed : kRenamedPrefixes) {
    const std::string prefix = renamed.old_prefix;
    if (name.compare(0, prefix.size(), prefix) != 0) continue;
    for (const char* other : renamed.new_prefixes) {
      if (other == nullptr) continue;
      const std::string candidate = other + name.substr(prefix.size());
      if (names.count(candidate)) return candidate;
    }
  }
  return std::nullopt;
}

ColmapBuild ParseColmapBuild(const std::string& help) {
  ColmapBuild build;
  const size_t at = help.find("COLMAP ");
  if (at != std::string::npos) {
    size_t end = at + 7;
    while (end < help.size() && IsOptionCharacter(help[end])) ++end;
    const std::string word = help.substr(at + 7, end - at - 7);
    if (!word.empty() && std::isdigit(static_cast<unsigned char>(word[0]))) build.version = word;
  }
  build.has_cuda = help.find("with CUDA") != std::string::npos;
  return build;
}

std::set<std::string> ParseCommandNames(const std::string& help) {
  std::set<std::string> names;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("vailable commands") != std::string::npos) {
      inside = true;
      continue;
    }
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (inside && !first.empty() && second.empty()) names.insert(first);
  }
  return names;
}

ColmapProgram::ColmapProgram(std::string program, std::string log_path, std::function<bool()> cancelled)
    : program_(std::move(program)), log_path_(std::move(log_path)), cancelled_(std::move(cancelled)) {
  std::string help;
  try {
    help = Help({"help"});
  } catch (const SfmCancelled&) {
    throw;
  } catch (const Error& error) {
    throw Error(StrCat(error.what(), kInstallHint));
  }
  build_ = ParseColmapBuild(help);
  commands_ = ParseCommandNames(help);
  SPLAT_CHECK(HasCommand("feature_extractor") && HasCommand("mapper"), program_,
              ": does not list the commands feature_extractor and mapper in its help, so it is no COLMAP",
              kInstallHint);
}

std::string ColmapProgram::Help(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {program_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::string text;
  ProcessOptions options;
  options.on_line = [&](const std::string& line) { text += line + "\n"; };
  options.cancelled = cancelled_;
  if (RunProcess(command, options).cancelled) throw SfmCancelled();
  return text;
}

const std::set<std::string>& ColmapProgram::Options(const std::string& command) {
  auto found = options_.find(command);
  if (found == options_.end()) found = options_.emplace(command, ParseOptionNames(Help({command, "-h"}))).first;
  return found->second;
}

ColmapRun ColmapProgram::Run(const std::string& command, const std::vector<ColmapOption>& needed,
                             const std::vector<ColmapOption>& wished,
                             const std::function<void(const std::string&)>& on_line) {
  ColmapRun run;
  std::vector<std::string> line = {program_, command};
  for (const ColmapOption& option : needed) line.insert(line.end(), {"--" + option.name, option.value});
  const std::set<std::string>& names = Options(command);
  for (const ColmapOption& option : wished) {
    const std::optional<std::string> name = SpellOption(names, option.name);
    if (name) {
      line.insert(line.end(), {"--" + *name, option.value});
    } else {
      run.left_out_options.push_back(option.name);
    }
  }

  std::ofstream log(log_path_, std::ios::app);
  SPLAT_CHECK(log.good(), log_path_, ": cannot be written");
  log << "$";
  for (const std::string& word : line) log << " '" << word << "'";
  log << std::endl;
  std::deque<std::string> last;
  ProcessOptions options;
  options.cancelled = cancelled_;
  options.on_line = [&](const std::string& text) {
    log << text << "\n";
    log.flush();
    if (text.find_first_not_of(" \t=") != std::string::npos) last.push_back(text);
    if (last.size() > kLastLines) last.pop_front();
    if (on_line) on_line(text);
  };
  const ProcessResult result = RunProcess(line, options);
  if (result.cancelled) throw SfmCancelled();
  run.crashed = result.signal != 0;
  run.exit_code = result.exit_code;
  for (const std::string& text : last) run.end += (run.end.empty() ? "" : " | ") + text;
  return run;
}

}  // namespace splat::data
