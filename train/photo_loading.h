// This header decides how photos are loaded for a training, and how large they are.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

// Returns how photos are loaded: decoded images take the config's cache_gigabytes, or a fourth of the memory that is
// free if that is less. On a GPU as many threads decode as there are cores, up to 8, because each holds a photo at its
// full size; on the CPU half as many, because the training itself needs the cores.
data::ViewLoader::Options LoadingFor(const Backend& backend, const TrainConfig& config);

// Pixels of the largest photo.
int64_t MostPixels(const data::Dataset& dataset, const std::vector<int>& views);

}  // namespace splat::train
