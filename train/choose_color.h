// This header decides what --color auto stands for, from the photos themselves.
#pragma once

#include <string>

#include "core/log.h"
#include "data/dataset/color_differences.h"
#include "data/dataset/dataset.h"
#include "data/dataset/exposure_spread.h"
#include "train/settings/config.h"

namespace splat::train {

// Returns the mode for photos that differ this much: "off", "exposure" or "full".
std::string ModeFor(const data::ColorDifferences& differences);

// Returns the mode for photos whose brightness could not be measured, by what EXIF says about most of them: "exposure"
// or "off". The threshold is that of the measured differences, in light: two exposures of one scene in the same light
// differ in brightness by that many stops. EXIF does not know whether the light changed with them, so a measurement
// takes precedence; it has no white balances, so it never asks for "full". Returns "off" if EXIF has the exposures of
// less than half of the photos.
std::string ModeByExif(const data::ExposureSpread& spread);

// Returns config.mode or, if that is "auto", the mode for the dataset's photos: by the brightness of points that
// several of them see or, if these are too few, by EXIF. Logs in one line what both showed and what was chosen. Decodes
// some photos.
std::string ChosenColorMode(const data::Dataset& dataset, const ColorConfig& config, const LogSink& log);

}  // namespace splat::train
