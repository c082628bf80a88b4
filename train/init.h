// The model a training starts from.
#pragma once

#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "train/settings/config.h"

namespace splat::train {

// One splat per point: isotropic, scale = mean distance to the three nearest neighbours (Kerbl et al. 2023), colour of
// the point, opacity of the config. Without points (fewer than 1): config.random_points random splats in the box around
// the point of attention that the cameras look at. Duplicated and isolated points get a scale bounded by the extent.
SplatModel InitialModel(const data::Dataset& dataset, const InitConfig& config, uint64_t seed);

}  // namespace splat::train
