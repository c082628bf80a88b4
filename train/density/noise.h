// Densification as sampling adds noise to the places of splats (Kheradmand et al. 2024).
#pragma once

#include "core/random.h"
#include "rasterizer/torch/splat_model.h"
#include "train/training_backend.h"

namespace splat::train {

// Lets nearly transparent splats take one step of a random walk (Walk). `rate` is in 1 / unit of length.
void AddNoise(SplatModel& model, const Backend& backend, double rate, Random& random);

}  // namespace splat::train
