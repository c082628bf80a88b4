// This function finds points that do not belong to the photos and poses that they come with.
#pragma once

#include <string>
#include <vector>

#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Says why `points`, which are in the frame of the cameras of `views`, are not what these photos show: they were
// shifted, scaled or turned, or are of another scene, or the focal lengths of the cameras are wrong; and what to do.
// Empty if they are, and where there is any doubt. `photos` are the posed photos that the views were made of.
//
// Where structure from motion says which photo shows a point where (PosedPhoto::observations), the points are compared
// with that. Otherwise their colours are compared with up to 20 photos, which are decoded at reduced size; the first 6
// are enough for points that clearly belong to them. Points without colours, with those of another quantity (height,
// intensity) or of which fewer than 200 are in view are left alone.
std::string WhyForeignPoints(const std::vector<PosedPhoto>& photos, const std::vector<View>& views,
                             const PointCloud& points, Executor& executor);

// Says that the photos show the points beside where their cameras see them, by their observations, and by what it would
// be mended where that is the focal length. Empty where they agree to a hundredth of the image, and where
// WhyForeignPoints says it.
std::string WhyPointsAreBeside(const std::vector<PosedPhoto>& photos, const PointCloud& points);

}  // namespace splat::data
