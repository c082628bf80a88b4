// What help texts and documents say of the options: every one is named, exists, and has the default that is claimed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "core/option.h"
#include "data/dataset/dataset_options.h"
#include "data/sfm/sfm_options.h"
#include "io/read_file.h"
#include "tests/support/process.h"

namespace splat {
namespace {

using ::splat::testing::RunProgram;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

namespace fs = std::filesystem;

// A flag as a help text has it, its lines joined.
struct HelpEntry {
  std::string text, default_value;
};
using Help = std::map<std::string, HelpEntry>;  // by the flag, such as "--iterations"

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> MatchesOf(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> matches;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    matches.push_back(match->str());
  }
  return matches;
}

// `text` in lower case, without the marks of Markdown's code, and with 30,000 as 30000.
std::string Plain(std::string text) {
  text = std::regex_replace(text, std::regex("`|\\\\"), "");
  text = std::regex_replace(text, std::regex(",([0-9]{3})(?![0-9])"), "$1");
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Help ReadHelp(const std::string& text) {
  Help help;
  std::vector<std::string> flags;  // of the entry that the line belongs to
  for (const std::string& line : LinesOf(text)) {
    if (std::regex_search(line, std::regex("^  -"))) {
      flags = MatchesOf(line.substr(0, 32), "--[a-z-]+");
    } else if (line.rfind("      ", 0) != 0) {
      flags.clear();
    }
    for (const std::string& flag : flags) help[flag].text += line + " ";
  }
  for (auto& [flag, entry] : help) {
    std::smatch found;
    entry.text = std::regex_replace(entry.text, std::regex(" +"), " ");
    if (std::regex_search(entry.text, found, std::regex("\\(default: (.*)\\)"))) entry.default_value = found[1];
  }
  return help;
}

const Help& HelpOf(const std::string& program) {
  static std::map<std::string, Help> helps;
  if (helps.count(program) == 0) {
    helps[program] = ReadHelp(RunProgram({SPLAT_BINARY_DIR "/apps/" + program, "--help"}).out);
  }
  return helps[program];
}

// All settings of configs/default.json: "density.refine_every" with its value.
std::map<std::string, Json> Settings(const Json& object, const std::string& group = "") {
  std::map<std::string, Json> settings;
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) {
      settings.merge(Settings(value, group + key + "."));
    } else {
      settings[group + key] = value;
    }
  }
  return settings;
}

const std::map<std::string, Json>& DefaultSettings() {
  static const std::map<std::string, Json> settings =
      Settings(Json::parse(ReadFile(SPLAT_SOURCE_DIR "/configs/default.json")));
  return settings;
}

std::set<double> NumbersIn(const std::string& text) {
  std::set<double> numbers;
  for (const std::string& number : MatchesOf(Plain(text), "[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]+)?")) {
    numbers.insert(std::stod(number));
  }
  return numbers;
}

bool HasWord(const std::string& text, const std::string& word) {
  const std::string special = "([.^$|()\\[\\]{}*+?\\\\])";
  const std::string escaped = std::regex_replace(Plain(word), std::regex(special), "\\$1");
  return std::regex_search(Plain(text), std::regex("(^|[^a-z0-9.])" + escaped + "($|[^a-z0-9.])"));
}

// Whether a table's cell says that this is the default: the value; the word for it that the help text has, such as
// "all" of "0: all cores"; or, where the help text has words instead of a value, the numbers among them.
bool Names(const std::string& cell, const HelpEntry& entry) {
  const std::string& value = entry.default_value;
  if (value.empty() || HasWord(cell, value)) return true;
  if (value.find(' ') != std::string::npos) {
    for (const double number : NumbersIn(value)) {
      if (NumbersIn(cell).count(number) == 0) return false;
    }
    return true;
  }
  std::smatch word;
  const bool has_word = std::regex_search(entry.text, word, std::regex("[; ]" + value + ": ([a-z]+)"));
  return (has_word && HasWord(cell, word[1])) || (value == "auto" && HasWord(cell, "chosen"));
}

// The cells of a row, without blanks around them; a bar within a cell is written "\|".
std::vector<std::string> CellsOf(const std::string& row) {
  std::vector<std::string> cells;
  const std::string marked = std::regex_replace(row, std::regex("\\\\\\|"), "\x01");
  for (size_t begin = 1, bar; (bar = marked.find('|', begin)) != std::string::npos; begin = bar + 1) {
    std::string cell = std::regex_replace(marked.substr(begin, bar - begin), std::regex("^ +| +$"), "");
    cells.push_back(std::regex_replace(cell, std::regex("\x01"), "|"));
  }
  return cells;
}

// The problems of one row: `cell` claims the defaults of what `names` holds; without a cell only the names are checked.
std::vector<std::string> FlagProblems(const std::string& names, const std::string* cell, const Help& help) {
  std::vector<std::string> problems;
  std::set<double> defaults;
  for (const std::string& flag : MatchesOf(names, "--[a-z-]+")) {
    const auto entry = help.find(flag);
    if (entry == help.end()) {
      problems.push_back(flag + " does not exist");
      continue;
    }
    defaults.merge(NumbersIn(entry->second.default_value));
    if (cell && !Names(*cell, entry->second)) {
      problems.push_back(flag + " has the default " + entry->second.default_value);
    }
  }
  if (!cell) return problems;
  for (const double number : NumbersIn(*cell)) {
    if (defaults.count(number) == 0) problems.push_back(names + ": no default is " + std::to_string(number));
  }
  return problems;
}

std::vector<std::string> SettingProblems(const std::string& names, const std::string* cell) {
  std::vector<std::string> problems;
  for (const std::string& name : MatchesOf(names, "(optimizer|loss|density|init)\\.[a-z0-9_.]+")) {
    const auto setting = DefaultSettings().find(name);
    if (setting == DefaultSettings().end()) {
      problems.push_back(name + " does not exist");
    } else if (cell) {
      const Json& value = setting->second;
      const bool named = value.is_number() ? NumbersIn(*cell).count(value.get<double>()) > 0
                         : value.is_boolean()
                             ? HasWord(*cell, value.dump()) || HasWord(*cell, value ? "on" : "off")
                             : HasWord(*cell, value.is_string() ? value.get<std::string>() : value.dump());
      if (!named) problems.push_back(name + " has the default " + value.dump());
    }
  }
  return problems;
}

struct Checked {
  int rows = 0;
  std::vector<std::string> problems;
  std::map<std::string, std::set<std::string>> flags;  // that are in tables, of each program
};

// Settings that the other cells of a row mention, as an example perhaps.
std::vector<std::string> MentionProblems(const std::vector<std::string>& cells) {
  std::vector<std::string> problems;
  for (size_t i = 1; i < cells.size(); ++i) {
    for (const std::string& problem : SettingProblems(cells[i], nullptr)) problems.push_back(problem);
  }
  return problems;
}

// The problems of a row, whose default is in cell number `default_cell` if it has so many.
void CheckRow(const std::vector<std::string>& cells, size_t default_cell, const std::string& program,
              Checked& checked) {
  const std::string& names = cells.front();
  const std::string* claim = default_cell < cells.size() ? &cells[default_cell] : nullptr;
  std::vector<std::string> problems;
  if (std::regex_search(names, std::regex("^`-"))) {
    problems = FlagProblems(names, claim, HelpOf(program));
    for (const std::string& flag : MatchesOf(names, "--[a-z-]+")) checked.flags[program].insert(flag);
  } else if (std::regex_search(names, std::regex("^`(optimizer|loss|density|init)\\."))) {
    problems = SettingProblems(names, claim);
  } else {
    return;
  }
  ++checked.rows;
  for (const std::string& problem : MentionProblems(cells)) problems.push_back(problem);
  checked.problems.insert(checked.problems.end(), problems.begin(), problems.end());
}

// The rows of a document's tables whose first cell is a flag, or a setting with its group. The table's head, else the
// heading above it, says of which program the flags are; splat-train, if neither does.
Checked CheckDocument(const std::string& text) {
  Checked checked;
  std::vector<std::string> head;
  std::string heading_program = "splat-train", program;
  for (const std::string& line : LinesOf(text)) {
    const std::vector<std::string> programs = MatchesOf(line, "splat-(train|render|eval|export|capture)");
    if (line.rfind('#', 0) == 0) heading_program = programs.empty() ? "splat-train" : programs.front();
    if (line.rfind('|', 0) != 0) {
      head.clear();
      continue;
    }
    const std::vector<std::string> cells = CellsOf(line);
    if (head.empty()) {
      head = cells;
      program = programs.empty() ? heading_program : programs.front();
      continue;
    }
    const auto column =
        std::find_if(head.begin(), head.end(), [](const auto& cell) { return Plain(cell) == "default"; });
    CheckRow(cells, size_t(column - head.begin()), program, checked);
  }
  return checked;
}

TEST(HelpTest, NamesEverySetting) {
  const std::string help = RunProgram({SPLAT_BINARY_DIR "/apps/splat-train", "--help"}).out;
  for (const auto& [name, value] : DefaultSettings()) {
    EXPECT_TRUE(std::regex_search(help, std::regex("\n  " + name + "( = |: --)"))) << name;
  }
}

TEST(HelpTest, NamesEveryOptionOfTheLibrariesWithItsDefault) {
  data::DatasetOptions dataset;
  data::SfmOptions sfm;
  std::vector<Option> options = OptionsOf(dataset);
  Append(options, OptionsOf(sfm));
  const Help& help = HelpOf("splat-train");
  for (const Option& option : options) {
    const auto entry = help.find(LongFlag(option));
    ASSERT_NE(entry, help.end()) << option.name;
    const std::string value = option.flag.value_name.empty() ? "" : ValueText(option);
    EXPECT_EQ(entry->second.default_value, value) << option.name;
  }
}

TEST(DocumentsTest, TablesOfOptionsAreTrue) {
  std::vector<fs::path> documents = {SPLAT_SOURCE_DIR "/README.md"};
  for (const auto& entry : fs::directory_iterator(SPLAT_SOURCE_DIR "/docs")) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }
  int rows = 0;
  for (const fs::path& document : documents) {
    const Checked checked = CheckDocument(ReadFile(document.string()));
    EXPECT_THAT(checked.problems, IsEmpty()) << document;
    rows += checked.rows;
  }
  EXPECT_GT(rows, 0);
}

// A page of all options, if there is one, names every flag of the programs that it has a table for.
TEST(DocumentsTest, TheListOfOptionsIsComplete) {
  const std::string path = SPLAT_SOURCE_DIR "/docs/options.md";
  if (!fs::exists(path)) GTEST_SKIP() << path << " does not exist";
  const Checked checked = CheckDocument(ReadFile(path));
  EXPECT_THAT(checked.flags, Not(IsEmpty()));
  for (const auto& [program, flags] : checked.flags) {
    for (const auto& [flag, entry] : HelpOf(program)) {
      EXPECT_TRUE(flags.count(flag) == 1 || flag == "--help" || flag == "--version") << program << " " << flag;
    }
  }
}

// That the check can fail.
TEST(DocumentsTest, AFalseRowIsFound) {
  const auto problems = [](const std::string& row) {
    return CheckDocument("| option | meaning | default |\n| --- | --- | --- |\n" + row + "\n").problems;
  };
  EXPECT_THAT(problems("| `--seed N` | x | 42 |"), IsEmpty());
  EXPECT_THAT(problems("| `--iterations N` | x | 30,000 on a GPU, 3,000 on a CPU |"), IsEmpty());
  EXPECT_THAT(problems("| `--threads N`, `--device auto\\|cpu` | x | all, `auto` |"), IsEmpty());
  EXPECT_THAT(problems("| `-n, --iterations N` | x | 30,000 |"), SizeIs(1));
  EXPECT_THAT(problems("| `--seed N` | x | 43 |"), SizeIs(2));
  EXPECT_THAT(problems("| `--sed N` | x | |"), SizeIs(1));
  EXPECT_THAT(problems("| `--max-gaussians N` | x | 1,000,000 |"), SizeIs(1));
  EXPECT_THAT(problems("| `--set KEY=VALUE` | such as `density.refine_every=5` | |"), IsEmpty());
  EXPECT_THAT(problems("| `--set KEY=VALUE` | such as `density.growth=5` | |"), SizeIs(1));
  EXPECT_THAT(problems("| `density.refine_every` | x | 100 |"), IsEmpty());
  EXPECT_THAT(problems("| `density.refine_every` | x | 50 |"), SizeIs(1));
  EXPECT_THAT(problems("| `density.growth` | x | 0.05 |"), SizeIs(1));
  EXPECT_THAT(problems("| `density.adaptive.absolute_gradient` | x | off |"), IsEmpty());
  EXPECT_THAT(CheckDocument("| option of splat-render | default |\n| - | - |\n| `--split NAME` | train |\n").problems,
              SizeIs(1));
}

}  // namespace
}  // namespace splat
