// This header finds focal lengths that are not those of the photos, by the colours of points that the photos show.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Multiplies the focal lengths of all views, and of the posed photos that they were made of, by the factor with which
// the photos show the colours of the points, if they clearly do not with those that are written; one warning says so.
// That is the case of focal lengths of another version of the photos, or of a film of another size; all lenses are
// changed alike. Six photos, decoded at reduced size, are enough where the focal lengths are right, and up to 20 are
// read where they may not be. Factors from a third to three times are found to about 1 %, if they differ from 1 by
// 4 % or more. The points are in the frame of the views' cameras; without colours they tell nothing.
void MendFocalLengths(const std::string& source, const PointCloud& points, std::vector<PosedPhoto>& photos,
                      std::vector<View>& views, Executor& executor, const LogSink& log);

}  // namespace splat::data
