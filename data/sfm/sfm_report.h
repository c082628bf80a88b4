// This header tells the caller of structure from motion how far it is and what a person should know.
#pragma once

#include <string>

#include "data/sfm/sfm_stages.h"

namespace splat::data {

// Tells the progress to the context's function, if there is one.
void Report(const SfmContext& context, const SfmProgress& progress);

// Adds a note that is not there yet.
void AddNote(SfmContext& context, const std::string& note);

// Adds a note as AddNote does and logs it at once, for what a person should know while the stage runs.
void Warn(SfmContext& context, const std::string& note);

}  // namespace splat::data
