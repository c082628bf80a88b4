// What --color auto stands for, from the photos themselves.
#pragma once

#include <string>

#include "core/log.h"
#include "data/dataset/color_differences.h"
#include "data/dataset/dataset.h"
#include "train/settings/config.h"

namespace splat::train {

// The mode for photos that differ so much: "off", "exposure" or "full".
std::string ModeFor(const data::ColorDifferences& differences);

// Returns config.mode or, where that is "auto", the mode for the dataset's photos, and says in one line what was found
// and chosen. It decodes some photos.
std::string ChosenColorMode(const data::Dataset& dataset, const ColorConfig& config, const LogSink& log);

}  // namespace splat::train
