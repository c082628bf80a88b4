// This header decides whether --refine-poses auto moves cameras, from where the poses come from.
#pragma once

#include <string>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "train/settings/config.h"

namespace splat::train {

// Returns config.refine or, if that is "auto", whether it is needed in a run of `steps` steps: "off" if the poses came
// with points of a small reprojection error, or if photos are too few or the run too short for it, otherwise
// "auto", which refines poses until they turn out right (train/pose_refinement.h). Logs in one line what was found.
std::string ChosenPoseRefinement(const data::Dataset& dataset, const PoseConfig& config, int steps, const LogSink& log);

}  // namespace splat::train
