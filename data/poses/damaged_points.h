// Files of points that cannot be read to their end, while the poses beside them are whole: the training does without.
#pragma once

#include <string>

#include "core/check.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// The warning that a file of points could not be read. Points that came before the damage are removed.
void WarnOfUnreadPoints(const Error& error, SceneDescription& scene);

// The warning that `taken` points are whole and are taken; `damage` says with file and entry what is wrong.
void WarnOfPartOfPoints(const std::string& damage, size_t taken, SceneDescription& scene);

}  // namespace splat::data
