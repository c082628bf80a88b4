#include "train/settings/config_layers.h"

#include <algorithm>

#include "core/check.h"
#include "train/density/strategies.h"
#include "train/settings/option_json.h"

namespace splat::train {
namespace {

constexpr const char* kStrategy = "density.strategy";

// The rows of a config's options by their names.
class Rows {
 public:
  explicit Rows(TrainConfig& config) : options_(OptionsOf(config)) {}
  const Option& operator[](const std::string& name) const {
    return *std::find_if(options_.begin(), options_.end(), [&](const Option& option) { return option.name == name; });
  }
  const std::vector<Option>& all() const { return options_; }

 private:
  std::vector<Option> options_;
};

void Copy(const Option& from, const Option& to) {
  std::visit([&](auto* value) { *std::get<decltype(value)>(to.field) = *value; }, from.field);
}

bool HaveSameValue(const Option& a, const Option& b) {
  return std::visit([&](auto* value) { return *value == *std::get<decltype(value)>(b.field); }, a.field);
}

// A setting as a source has it.
struct Said {
  std::string value, source;
  bool operator!=(const Said& other) const { return value != other.value; }
};

// What all sources say of one setting.
struct Dispute {
  std::vector<Said> said;  // in the order of the sources
  size_t winner = 0;
};

// "density.strategy = mcmc of --strategy goes before adaptive of a.json"; empty where all agree.
std::string TextOf(const std::string& name, const Dispute& dispute) {
  const Said& won = dispute.said[dispute.winner];
  std::string others;
  for (const Said& said : dispute.said) {
    if (said != won) others += StrCat(others.empty() ? "" : " and ", said.value, " of ", said.source);
  }
  return others.empty() ? "" : StrCat(name, " = ", won.value, " of ", won.source, " goes before ", others);
}

// The settings that some strategy wants otherwise than the defaults have them.
std::set<std::string> SettingsOfStrategies() {
  std::set<std::string> names;
  for (const StrategyKind& kind : Strategies()) {
    for (const std::string& assignment : kind.preset) names.insert(assignment.substr(0, assignment.find('=')));
  }
  return names;
}

// Whether `layer` has a setting only because it is written for another strategy than `strategy`.
bool IsOfAnotherStrategy(const ConfigLayer& layer, const std::string& name, const std::string& strategy) {
  const std::string& own = layer.values.density.strategy;
  if (!layer.given.count(kStrategy) || own == strategy || !SettingsOfStrategies().count(name)) return false;
  TrainConfig theirs = WithStrategy({}, own), values = layer.values;
  return HaveSameValue(Rows(theirs)[name], Rows(values)[name]);
}

}  // namespace

ConfigLayer LayerOfFile(const std::string& json_text, const std::string& path) {
  ConfigLayer layer;
  layer.name = path;
  const std::vector<Option> options = OptionsOf(layer.values);
  std::vector<std::string> problems = AssignJson(options, json_text, path);
  for (const std::string& violation : OptionViolations(options)) problems.push_back(violation);
  SPLAT_CHECK(problems.empty(), path, ": ", Joined(problems, "; "));
  layer.given = NamesIn(options, json_text, path);
  return layer;
}

ConfigLayer LayerOfAssignment(const std::string& assignment, const std::string& name) {
  return {name, ApplyAssignment({}, assignment), {assignment.substr(0, assignment.find('='))}};
}

std::vector<ConfigLayer> InOrder(const ConfigSources& sources) {
  std::vector<ConfigLayer> layers = sources.files;
  layers.insert(layers.end(), sources.assignments.begin(), sources.assignments.end());
  layers.insert(layers.end(), sources.flags.begin(), sources.flags.end());
  return layers;
}

LayeredConfig Assemble(const std::vector<ConfigLayer>& layers) {
  LayeredConfig result;
  std::string strategy = result.config.density.strategy;
  for (const ConfigLayer& layer : layers) {
    if (layer.given.count(kStrategy)) strategy = layer.values.density.strategy;
  }
  TrainConfig defaults, preset = WithStrategy({}, strategy);
  result.config = preset;
  const Rows to(result.config), base(defaults), wanted(preset);
  for (const Option& option : to.all()) {
    Dispute dispute;
    const bool brought = option.name != kStrategy && !HaveSameValue(base[option.name], wanted[option.name]);
    if (brought) dispute.said.push_back({ValueText(wanted[option.name]), "the strategy " + strategy});
    bool decided = brought;
    for (const ConfigLayer& layer : layers) {
      if (!layer.given.count(option.name)) continue;
      TrainConfig values = layer.values;
      const Option& from = Rows(values)[option.name];
      dispute.said.push_back({ValueText(from), layer.name});
      if (IsOfAnotherStrategy(layer, option.name, strategy)) continue;
      Copy(from, option);
      dispute.winner = dispute.said.size() - 1;
      decided = true;
    }
    if (!decided && !dispute.said.empty()) {
      dispute.winner = dispute.said.size();
      dispute.said.push_back({ValueText(option), "the strategy " + strategy});
    }
    const std::string text = dispute.said.empty() ? "" : TextOf(option.name, dispute);
    if (!text.empty()) result.disagreements += (result.disagreements.empty() ? "" : "; ") + text;
  }
  return result;
}

}  // namespace splat::train
