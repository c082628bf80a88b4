// This header finds cameras whose poses are wrong beside others that are right, as where two sets were joined.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Looks at the views that have next to none of the points in view where the others have many, in each of several ways
// one warning that names them:
//  - Those that have many of the points in view with their y and z axes turned about are turned, if up to 20 of them,
//    decoded at reduced size, then show the colours of the points, and not as written: they have OpenCV's axes where
//    the others have OpenGL's, or the reverse.
//  - Those that have not a single point in view, or some whose colours their photos deny, are left out, if they are at
//    most a tenth of the views; more of them stay.
// All others stay, since a photo of a detail, or of what has no points, honestly sees few of them. So do all views if
// not even a fourth of them sees the points (data/dataset/pose_convention.h is for those). `points` are in the frame of
// the views' cameras. Nothing is read of sets without such views.
void MendSinglePoses(const std::string& source, const PointCloud& points, std::vector<View>& views, Executor& executor,
                     const LogSink& log);

}  // namespace splat::data
