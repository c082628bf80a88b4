// These warnings are about files of points that are not used whole, while the poses beside them are.
#pragma once

#include <string>

#include "core/check.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Adds the warning that a file of points could not be read. Points that came before the damage are removed.
void WarnOfUnreadPoints(const Error& error, SceneDescription& scene);

// Adds the warning that `taken` points are whole and are taken; `damage` says with file and entry what is wrong.
void WarnOfPartOfPoints(const std::string& damage, size_t taken, SceneDescription& scene);

// Adds the warning that `left_out` of `total` points of the file at `path` are not finite, or beyond what floats hold,
// and were left out; adds none if all were taken.
void WarnOfPointsLeftOut(const std::string& path, size_t left_out, size_t total, SceneDescription& scene);

}  // namespace splat::data
