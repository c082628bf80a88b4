// The one table of training options: what parsing, printing, validation and help know of each. Private to
// train/settings/config.cpp.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "train/settings/config.h"

namespace splat::train {

// The storage of an option in a config.
using FieldRef = std::variant<bool*, int*, int64_t*, uint64_t*, double*, std::string*, std::array<double, 3>*>;

// What a number, or each number of an array, must satisfy.
struct FieldBounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false, below_max = false;  // true: the bound itself is excluded

  // False for NaN.
  bool Hold(double value) const {
    return (above_min ? value > min : value >= min) && (below_max ? value < max : value <= max);
  }
  // "at least 1", "above 0 and below 1"; empty where anything goes.
  std::string Text() const;
};

struct ConfigField {
  const char* name;  // with its group: "density.refine_every"
  FieldRef (*in)(TrainConfig&);
  FieldBounds bounds;                // of numbers
  std::vector<std::string> choices;  // of text
  const char* help;
};

// In the order in which they are printed.
const std::vector<ConfigField>& ConfigFields();

}  // namespace splat::train
