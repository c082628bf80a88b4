#include "train/settings/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "core/check.h"
#include "train/settings/config_fields.h"

namespace splat::train {
namespace {

using Json = nlohmann::ordered_json;

// Assign puts `value` into `target` and returns nothing, or returns what the value should have been.
std::string Assign(const Json& value, bool* target) {
  if (!value.is_boolean()) return "true or false";
  *target = value.get<bool>();
  return "";
}

std::string Assign(const Json& value, double* target) {
  if (!value.is_number()) return "a number";
  *target = value.get<double>();
  return "";
}

std::string Assign(const Json& value, std::string* target) {
  if (!value.is_string()) return "text";
  *target = value.get<std::string>();
  return "";
}

std::string Assign(const Json& value, std::array<double, 3>* target) {
  const bool numbers = value.is_array() && value.size() == target->size() &&
                       std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); });
  if (!numbers) return "three numbers, such as [1, 1, 1]";
  *target = value.get<std::array<double, 3>>();
  return "";
}

template <typename T>
std::string Assign(const Json& value, T* target) {
  static_assert(std::is_integral_v<T>);
  if (!value.is_number_integer()) return "a whole number";
  constexpr T kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
  const bool fits = value.is_number_unsigned() ? value.get<uint64_t>() <= uint64_t(kMax)
                                               : std::is_signed_v<T> && value.get<int64_t>() >= int64_t(kMin);
  if (!fits) return StrCat("between ", kMin, " and ", kMax);
  *target = value.get<T>();
  return "";
}

Json ValueOf(const ConfigField& field, const TrainConfig& config) {
  TrainConfig copy = config;
  return std::visit([](auto* member) { return Json(*member); }, field.in(copy));
}

std::string Problem(const std::string& name, const Json& value, const std::string& expected) {
  return StrCat(name, " = ", value.dump(-1, ' ', false, Json::error_handler_t::replace), ": must be ", expected);
}

std::string Join(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

// The message about an option's own bounds, empty if they hold.
std::string BoundsViolation(const ConfigField& field, const TrainConfig& config) {
  const Json value = ValueOf(field, config);
  bool hold = true;
  if (value.is_string()) {
    hold = std::count(field.choices.begin(), field.choices.end(), value.get<std::string>()) > 0;
  } else if (value.is_array()) {
    for (const Json& item : value) hold = hold && field.bounds.Hold(item.get<double>());
  } else if (value.is_number()) {
    hold = field.bounds.Hold(value.get<double>());
  }
  if (hold) return "";
  return Problem(field.name, value, value.is_string() ? "one of " + Join(field.choices, ", ") : field.bounds.Text());
}

// Puts `value` into `config`; returns the problem, empty if there is none.
std::string AssignField(const ConfigField& field, const Json& value, TrainConfig& config) {
  const std::string expected = std::visit([&](auto* member) { return Assign(value, member); }, field.in(config));
  return expected.empty() ? "" : Problem(field.name, value, expected);
}

const ConfigField* FindField(const std::string& name) {
  for (const ConfigField& field : ConfigFields()) {
    if (name == field.name) return &field;
  }
  return nullptr;
}

bool IsGroup(const std::string& name) {
  return std::any_of(ConfigFields().begin(), ConfigFields().end(), [&](const ConfigField& field) {
    return std::string(field.name).compare(0, name.size() + 1, name + ".") == 0;
  });
}

// Fewest insertions, deletions and replacements that make one text of the other.
int EditDistance(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = int(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = int(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('.') + 1);
}

// The known option, or group, whose name is nearest; a right name in the wrong group counts as near.
std::string NearestName(const std::string& unknown) {
  std::string nearest;
  int best = std::numeric_limits<int>::max();
  for (const ConfigField& field : ConfigFields()) {
    const std::string name = field.name;
    std::vector<std::string> candidates = {name};
    if (const size_t dot = name.find('.'); dot != std::string::npos) candidates.push_back(name.substr(0, dot));
    for (const std::string& candidate : candidates) {
      const int distance = std::min(EditDistance(unknown, candidate),
                                    EditDistance(LastPart(unknown), LastPart(candidate)) + (candidate == name ? 1 : 2));
      if (distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
  }
  return nearest;
}

std::string UnknownOption(const std::string& name) {
  return StrCat(name, ": unknown option; the nearest is ", NearestName(name));
}

void ApplyObject(const Json& object, const std::string& prefix, TrainConfig& config,
                 std::vector<std::string>& problems) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = prefix + key;
    if (const ConfigField* field = FindField(name)) {
      if (std::string problem = AssignField(*field, value, config); !problem.empty()) problems.push_back(problem);
    } else if (IsGroup(name) && value.is_object()) {
      ApplyObject(value, name + ".", config, problems);
    } else if (IsGroup(name)) {
      problems.push_back(Problem(name, value, "an object of options"));
    } else {
      problems.push_back(UnknownOption(name));
    }
  }
}

// Line and column, both from 1, of byte number `byte`, also from 1.
std::string PositionText(const std::string& text, size_t byte) {
  const std::string before = text.substr(0, byte > 0 ? byte - 1 : 0);
  const size_t line = size_t(std::count(before.begin(), before.end(), '\n')) + 1;
  const size_t column = before.size() - (line > 1 ? before.rfind('\n') : size_t(-1));
  return StrCat("line ", line, ", column ", column);
}

// Also refuses an option that is given twice in one object, of which the parser would silently keep the last.
Json ParseStrictJson(const std::string& text, const std::string& where) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      const std::string key = parsed.get<std::string>();
      SPLAT_CHECK(keys.back().insert(key).second, where, ": option \"", key, "\" is given twice");
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::parse_error& error) {
    throw Error(StrCat(where, ": not valid JSON at ", PositionText(text, error.byte)));
  } catch (const Json::exception&) {
    throw Error(StrCat(where, ": holds a number that is too large"));
  }
}

// Bounds between options.
std::vector<std::string> CrossViolations(const TrainConfig& config) {
  std::vector<std::string> problems;
  const DensityConfig& density = config.density;
  if (density.refine_until < density.refine_from) {
    problems.push_back(Problem("density.refine_until", density.refine_until,
                               StrCat("at least density.refine_from (", density.refine_from, ")")));
  }
  const std::string above_prune = StrCat("above density.prune_opacity (", density.prune_opacity, ")");
  if (!(density.reset_opacity > density.prune_opacity)) {
    problems.push_back(Problem("density.reset_opacity", density.reset_opacity, above_prune));
  }
  if (!(config.init.opacity > density.prune_opacity)) {
    problems.push_back(Problem("init.opacity", config.init.opacity, above_prune));
  }
  return problems;
}

}  // namespace

TrainConfig WithStrategy(const TrainConfig& config, const std::string& strategy) {
  TrainConfig result = config;
  result.density.strategy = strategy;
  if (strategy != kMcmc) return result;
  // As published, but for the first opacities and scales, which stay as they are (docs/training.md).
  result.density.refine_until = 25000;
  result.loss.opacity_weight = 0.01;
  result.loss.scale_weight = 0.01;
  return result;
}

TrainConfig ParseConfig(const TrainConfig& config, const std::string& json_text, const std::string& where) {
  const Json json = ParseStrictJson(json_text, where);
  SPLAT_CHECK(json.is_object(), where, ": must be a JSON object of options, such as {\"iterations\": 7000}");
  TrainConfig result = config;
  std::vector<std::string> problems;
  ApplyObject(json, "", result, problems);
  for (const std::string& violation : ConfigViolations(result)) problems.push_back(violation);
  SPLAT_CHECK(problems.empty(), where, ": ", Join(problems, "; "));
  return result;
}

TrainConfig ApplyAssignment(const TrainConfig& config, const std::string& assignment) {
  const size_t equals = assignment.find('=');
  SPLAT_CHECK(equals != std::string::npos && equals > 0, "\"", assignment,
              "\": must be an option, an equals sign and a value, such as density.refine_every=50");
  const std::string name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  const ConfigField* field = FindField(name);
  SPLAT_CHECK(field, UnknownOption(name));
  TrainConfig result = config;
  Json value = Json::parse(text, nullptr, false);
  const bool is_text = std::holds_alternative<std::string*>(field->in(result));
  if (value.is_discarded() || (is_text && !value.is_string())) value = text;
  std::string problem = AssignField(*field, value, result);
  if (problem.empty()) problem = BoundsViolation(*field, result);
  SPLAT_CHECK(problem.empty(), problem);
  return result;
}

std::string ConfigToJson(const TrainConfig& config) {
  Json json = Json::object();
  for (const ConfigField& field : ConfigFields()) {
    const std::string name = field.name;
    const size_t dot = name.find('.');
    Json& group = dot == std::string::npos ? json : json[name.substr(0, dot)];
    group[LastPart(name)] = ValueOf(field, config);
  }
  return json.dump(2) + "\n";
}

std::vector<std::string> ConfigViolations(const TrainConfig& config) {
  std::vector<std::string> problems;
  for (const ConfigField& field : ConfigFields()) {
    if (std::string problem = BoundsViolation(field, config); !problem.empty()) problems.push_back(problem);
  }
  for (const std::string& problem : CrossViolations(config)) problems.push_back(problem);
  return problems;
}

std::string ConfigHelp() {
  std::string text;
  for (const ConfigField& field : ConfigFields()) {
    std::string bounds = field.choices.empty() ? field.bounds.Text() : Join(field.choices, ", ");
    if (!bounds.empty()) bounds = " (" + bounds + ")";
    text += StrCat(field.name, " = ", ValueOf(field, TrainConfig()).dump(), bounds, ": ", field.help, "\n");
  }
  return text;
}

}  // namespace splat::train
