// This header works out what the memory of a training's device allows, and what the user is told when it is not enough.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "core/camera.h"
#include "data/dataset/dataset.h"
#include "train/density/density_statistics.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

// Returns the bytes of the device's free memory for photos that stay there: for all of them, or for as many as its
// share for photos holds.
int64_t PhotoBudget(const Backend& backend, const data::Dataset& dataset, const std::vector<int>& views);

// Returns the most splats that the memory holds in training, for images of so many pixels and with so many bytes of
// photos that stay on a GPU. A margin is left.
int64_t MostSplatsFor(const Backend& backend, int64_t pixels, int64_t photo_bytes = 0);

// Returns the limits of a training on these views, given the bytes that photos take and the number of splats at the
// start. Throws splat::Error, with what to do, if a GPU does not hold even those.
DensityLimits LimitsOf(const Backend& backend, const DensityConfig& config, int64_t pixels, int64_t photo_bytes,
                       int64_t initial_splats);

// Returns how many splats may be added to `points` before a training on these views begins (may be negative): no more
// than config.max_gaussians leaves, nor than lets half of a GPU's memory hold them all, which is what LimitsOf finds
// free once they lie there.
int64_t RoomAtTheStart(const Backend& backend, const data::Dataset& dataset, const DensityConfig& config,
                       int64_t points);

// Returns whether the error is how LibTorch, on a GPU or the CPU, or C++ reports that no memory is left.
bool IsOutOfMemory(const std::exception& error);

// Returns the message for that case.
std::string OutOfMemoryText(const Backend& backend, int64_t splats, const Camera& camera);

}  // namespace splat::train
