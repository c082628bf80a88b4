#include "train/settings/option_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "core/check.h"
#include "io/json_parse.h"
#include "train/settings/nearest_option.h"

namespace splat::train {
namespace {

using Json = nlohmann::ordered_json;

// Put sets `target` to `value` and returns nothing, or returns what the value should have been.
std::string Put(const Json& value, bool* target) {
  if (!value.is_boolean()) return "true or false";
  *target = value.get<bool>();
  return "";
}

std::string Put(const Json& value, double* target) {
  if (!value.is_number()) return "a number";
  *target = value.get<double>();
  return "";
}

std::string Put(const Json& value, std::string* target) {
  if (!value.is_string()) return "text";
  *target = value.get<std::string>();
  return "";
}

std::string Put(const Json& value, Rgb* target) {
  const bool numbers = value.is_array() && value.size() == target->size() &&
                       std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number(); });
  if (!numbers) return "three numbers, such as [1, 1, 1]";
  *target = value.get<Rgb>();
  return "";
}

std::string Put(const Json& value, std::vector<std::string>* target) {
  const bool texts =
      value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
  if (!texts) return "a list of texts";
  *target = value.get<std::vector<std::string>>();
  return "";
}

template <typename T>
std::string Put(const Json& value, T* target) {
  static_assert(std::is_integral_v<T>);
  if (!value.is_number_integer()) return "a whole number";
  constexpr T kMin = std::numeric_limits<T>::min(), kMax = std::numeric_limits<T>::max();
  const bool fits = value.is_number_unsigned() ? value.get<uint64_t>() <= uint64_t(kMax)
                                               : std::is_signed_v<T> && value.get<int64_t>() >= int64_t(kMin);
  if (!fits) return StrCat("between ", kMin, " and ", kMax);
  *target = value.get<T>();
  return "";
}

// Null: not given.
template <typename T>
std::string Put(const Json& value, std::optional<T>* target) {
  if (value.is_null()) {
    target->reset();
    return "";
  }
  T given{};
  std::string expected = Put(value, &given);
  if (expected.empty()) *target = given;
  return expected;
}

template <typename T>
Json ValueOf(const T& value) {
  return value;
}
template <typename T>
Json ValueOf(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json ValueOf(const Option& option) {
  return std::visit([](const auto* value) { return ValueOf(*value); }, option.field);
}

std::string Problem(const std::string& name, const Json& value, const std::string& expected) {
  return StrCat(name, " = ", value.dump(-1, ' ', false, Json::error_handler_t::replace), ": must be ", expected);
}

// The problem with the option's value as it is, empty if there is none.
std::string BoundsProblem(const Option& option) {
  const std::string violation = Violation(option);
  return violation.empty() ? "" : Problem(option.name, ValueOf(option), violation);
}

// Puts `value` into the option's field; returns the problem, empty if there is none.
std::string PutValue(const Option& option, const Json& value) {
  const std::string expected = std::visit([&](auto* field) { return Put(value, field); }, option.field);
  return expected.empty() ? "" : Problem(option.name, value, expected);
}

const Option* Find(const std::vector<Option>& options, const std::string& name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

void PutObject(const std::vector<Option>& options, const Json& object, const std::string& group,
               std::vector<std::string>& problems) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = group + key;
    if (const Option* option = Find(options, name)) {
      if (std::string problem = PutValue(*option, value); !problem.empty()) problems.push_back(problem);
    } else if (IsGroup(options, name) && value.is_object()) {
      PutObject(options, value, name + ".", problems);
    } else if (IsGroup(options, name)) {
      problems.push_back(Problem(name, value, "an object of options"));
    } else {
      problems.push_back(UnknownOption(name, options));
    }
  }
}

void CollectNames(const std::vector<Option>& options, const Json& object, const std::string& group,
                  std::set<std::string>& names) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = group + key;
    if (Find(options, name)) {
      names.insert(name);
    } else if (value.is_object()) {
      CollectNames(options, value, name + ".", names);
    }
  }
}

// Parses and refuses an option that is given twice in one object; the parser alone would silently keep the last one.
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
  return ParseJson<Json>(text, where, check);
}

}  // namespace

std::vector<std::string> AssignJson(const std::vector<Option>& options, const std::string& text,
                                    const std::string& where) {
  const Json json = ParseStrictJson(text, where);
  SPLAT_CHECK(json.is_object(), where, ": must be a JSON object of options, such as {\"iterations\": 7000}");
  std::vector<std::string> problems;
  PutObject(options, json, "", problems);
  return problems;
}

std::set<std::string> NamesIn(const std::vector<Option>& options, const std::string& text, const std::string& where) {
  std::set<std::string> names;
  CollectNames(options, ParseStrictJson(text, where), "", names);
  return names;
}

void Assign(const std::vector<Option>& options, const std::string& assignment) {
  const size_t equals = assignment.find('=');
  SPLAT_CHECK(equals != std::string::npos && equals > 0, "\"", assignment,
              "\": must be an option, an equals sign and a value, such as density.refine_every=50");
  const std::string name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  const Option* option = Find(options, name);
  SPLAT_CHECK(option, UnknownOption(name, options));
  Json value = ParseJsonOrDiscard<Json>(text, name);
  const bool is_text = std::holds_alternative<std::string*>(option->field);
  if (value.is_discarded() || (is_text && !value.is_string())) value = text;
  std::string problem = PutValue(*option, value);
  if (problem.empty()) problem = BoundsProblem(*option);
  SPLAT_CHECK(problem.empty(), problem);
}

std::string ToJson(const std::vector<Option>& options) {
  Json json = Json::object();
  for (const Option& option : options) {
    Json* group = &json;
    size_t begin = 0;
    for (size_t dot; (dot = option.name.find('.', begin)) != std::string::npos; begin = dot + 1) {
      group = &(*group)[option.name.substr(begin, dot - begin)];
    }
    (*group)[option.name.substr(begin)] = ValueOf(option);
  }
  return json.dump(2) + "\n";
}

std::vector<std::string> OptionViolations(const std::vector<Option>& options) {
  std::vector<std::string> problems;
  for (const Option& option : options) {
    if (std::string problem = BoundsProblem(option); !problem.empty()) problems.push_back(problem);
  }
  return problems;
}

}  // namespace splat::train
