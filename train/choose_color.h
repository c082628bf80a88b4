// This header decides what --color auto stands for, from the photos themselves.
#pragma once

#include <string>

#include "core/log.h"
#include "data/dataset/color_differences.h"
#include "data/dataset/dataset.h"
#include "data/dataset/exposure_spread.h"
#include "train/settings/config.h"

namespace splat::train {

// The mode for photos that differ so much: "off", "exposure" or "full".
std::string ModeFor(const data::ColorDifferences& differences);

// The mode for photos whose brightness could not be measured, by what EXIF says of most of them: "exposure" or "off".
// The threshold is that of the measured differences, in light: two exposures of one scene in one light differ in
// brightness by as many stops. EXIF does not know whether the light changed with them, so a measurement goes before it;
// it has no white balances, so it never wants "full". "off" where EXIF has the exposures of less than half of the
// photos.
std::string ModeByExif(const data::ExposureSpread& spread);

// Returns config.mode or, where that is "auto", the mode for the dataset's photos: by the brightness of points that
// several of them see or, where these are too few, by EXIF. It says in one line what was found of both, and chosen. It
// decodes some photos.
std::string ChosenColorMode(const data::Dataset& dataset, const ColorConfig& config, const LogSink& log);

}  // namespace splat::train
