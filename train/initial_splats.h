// This header makes the model that a training starts from.
#pragma once

#include "data/dataset/dataset.h"
#include "rasterizer/torch/splat_model.h"
#include "train/settings/config.h"

namespace splat::train {

// Makes one splat per point. It is isotropic, its scale is the mean distance to the three nearest neighbours (Kerbl et
// al. 2023; train/point_spacing.h), its colour is that of the point, and its opacity that of the config. Without any
// points there are config.random_points random splats where the cameras look (train/random_points.h), and beside points
// that are too few (Dataset::few_points), too. Duplicated and isolated points get a scale bounded by the extent.
SplatModel InitialModel(const data::Dataset& dataset, const InitConfig& config, uint64_t seed);

// Returns how many splats InitialModel makes.
int64_t InitialSplatCount(const data::Dataset& dataset, const InitConfig& config);

}  // namespace splat::train
