// This header decides what --refine-poses auto stands for, from where the poses come from.
#pragma once

#include <string>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "train/settings/config.h"

namespace splat::train {

// Returns config.refine or, if that is "auto", "off" if the poses came with points of a small reprojection error and
// "on" otherwise, and logs in one line what was found and chosen.
std::string ChosenPoseRefinement(const data::Dataset& dataset, const PoseConfig& config, const LogSink& log);

}  // namespace splat::train
