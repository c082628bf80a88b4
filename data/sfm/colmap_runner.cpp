#include "data/sfm/colmap_runner.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/check.h"
#include "data/sfm/colmap_message.h"
#include "data/sfm/fingerprint.h"
#include "data/sfm/sfm.h"

namespace splat::data {
namespace {

constexpr const char* kTemporaryFolder = "colmap_tmp";  // in the workspace
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

ColmapProgram::ColmapProgram(ColmapProgramOptions options) : setting_(std::move(options)) {
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
  SPLAT_CHECK(HasCommand("feature_extractor") && HasCommand("mapper"), setting_.program,
              ": does not list the commands feature_extractor and mapper in its help, so it is no COLMAP",
              kInstallHint);
}

ProcessResult ColmapProgram::RunHere(const std::vector<std::string>& arguments,
                                     const std::function<void(const std::string&)>& on_line) const {
  namespace fs = std::filesystem;
  struct TemporaryFolder {
    explicit TemporaryFolder(const fs::path& place) : path(fs::absolute(place)) {
      std::error_code ignored;
      fs::remove_all(path, ignored);  // that of a killed run
      fs::create_directories(path, ignored);
    }
    ~TemporaryFolder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    const fs::path path;
  };
  const TemporaryFolder temporary(fs::path(setting_.workspace) / kTemporaryFolder);
  std::vector<std::string> command = {setting_.program};
  command.insert(command.end(), arguments.begin(), arguments.end());
  ProcessOptions options;
  options.on_line = on_line;
  options.cancelled = setting_.cancelled;
  options.environment = {"GLOG_log_dir=" + temporary.path.string(), "TMPDIR=" + temporary.path.string()};
  options.idle_limit_s = setting_.idle_limit_s;
  options.files_seen = [&] { return FilesSeen(setting_.workspace); };
  const ProcessResult result = RunProcess(command, options);
  if (result.cancelled) throw SfmCancelled();
  return result;
}

std::string ColmapProgram::Help(const std::vector<std::string>& arguments) const {
  std::string text;
  const ProcessResult result = RunHere(arguments, [&](const std::string& line) { text += line + "\n"; });
  SPLAT_CHECK(!result.idle, setting_.program, ": gave no help within ", setting_.idle_limit_s / 60,
              " minutes of doing nothing");
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
  std::vector<std::string> arguments = {command};
  for (const ColmapOption& option : needed) arguments.insert(arguments.end(), {"--" + option.name, option.value});
  const std::set<std::string>& names = Options(command);
  for (const ColmapOption& option : wished) {
    const std::optional<std::string> name = SpellOption(names, option.name);
    if (name) {
      arguments.insert(arguments.end(), {"--" + *name, option.value});
    } else {
      run.left_out_options.push_back(option.name);
    }
  }

  std::ofstream log(log_path(), std::ios::app);
  SPLAT_CHECK(log.good(), log_path(), ": cannot be written");
  log << "$ '" << setting_.program << "'";
  for (const std::string& word : arguments) log << " '" << word << "'";
  log << std::endl;
  ColmapMessage message;
  const ProcessResult result = RunHere(arguments, [&](const std::string& text) {
    log << text << "\n";
    log.flush();
    message.Add(text);
    if (on_line) on_line(text);
  });
  run.idle = result.idle;
  run.signal = result.signal;
  run.exit_code = result.exit_code;
  if (!run.ok()) run.message = message.text();
  return run;
}

}  // namespace splat::data
