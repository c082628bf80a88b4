// Splats for the sky lie on a sphere far around the scene, so that no splat near the cameras has to stand in for it.
#pragma once

#include <cstdint>

#include "core/log.h"
#include "data/dataset/open_sky.h"
#include "rasterizer/torch/splat_model.h"
#include "train/settings/config.h"

namespace splat::train {

// This is the least distance of these splats from the middle of the training cameras, x the scene's extent, or x
// data::kAlignedDistance if that is more.
constexpr double kSkyDistance = 30;

// Returns the distance from the origin, in scene units, beyond which nothing is a part of the scene itself.
double BeyondScene(double extent);

// Returns the radius of the sphere: kSkyDistance, or twice the distance of the far points if that is more.
double SkyRadius(const data::Dataset& dataset);

// Adds a splat for each direction of the sky to a model on the CPU, wide enough to meet its neighbours and nearly
// opaque, so that nothing else has to fill the gaps.
void AddSky(const data::OpenSky& sky, const data::Dataset& dataset, SplatModel& model);

// Returns the sky for config.sky: nothing if that is "off", and if it is "auto" also where photos show too little sky
// for a capture out of doors. It has at most `room` splats. Logs in one line what was found and chosen, unless that is
// nothing, and decodes some photos.
data::OpenSky ChosenSky(const data::Dataset& dataset, const TrainConfig& config, int64_t room, const LogSink& log);

}  // namespace splat::train
