// This header gives points without colours those that the photos show.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Points have no colours if a channel is the same in all of them, and their photos' is not: they are all black, as
// structure from motion that does not look at them writes zeros, grey, or lack a channel. Each gets the median of what
// up to 20 photos, decoded at reduced size, show at its place, and one that none of these shows gets kUncoloredPoint;
// one line says so. More than kMostPointsColored points, and those whose photos are of one colour, too, become grey if
// they are black. The points are in the frame of the views' cameras.
void ColorUncoloredPoints(const std::string& source, const std::vector<View>& views, PointCloud& points,
                          Executor& executor, const LogSink& log);

constexpr size_t kMostPointsColored = 1'000'000;  // of more a scanner has taken colours, or the photos take too long

}  // namespace splat::data
