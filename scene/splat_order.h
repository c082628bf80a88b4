// This header decides the order in which the splats of a scene are written, and which of them are the most important.
#pragma once

#include <cstdint>

#include "scene/splat_selection.h"

namespace splat {

// Sorts along a space-filling curve (Morton's), so that neighbours in space are neighbours in the file. Formats that
// compress then give smaller files, and drawing is faster. Equal codes keep their order.
void SortByMorton(SplatSelection& splats);

// Puts the splats that cover most first, by descending opacity times the product of the three scales.
void SortByImportance(SplatSelection& splats);

// Keeps the `count` most important ones, in the order they have.
void KeepMostImportant(SplatSelection& splats, int64_t count);

}  // namespace splat
