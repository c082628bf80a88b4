// Some cameras in a file of poses cannot be meant as they are written; this header finds them, whichever reader they
// come from.
#pragma once

#include <vector>

#include "core/log.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Returns the photos of `scene` with what is beyond doubt put right, and without those that cannot be trained on. Each
// kind of fault is one warning that names the source and photos. Of what is returned data/photos/undistort.h makes
// pinhole cameras:
//  - a principal point that is a share of the image's sides, as 0.5, is read so; one outside of the image stays;
//  - a camera or pose that its reader could not use (PosedPhoto::problem), and a model that is not handled;
//  - a focal length of a view wider than any lens sees, or so narrow that it shows nothing; a principal point so far
//    outside that no lens sees the image; a distortion that no lens has, or that folds the image back on itself near
//    its middle, or that leaves no image to undistort (a part of a larger photo more than 60 degrees off the axis):
//    the photo is left out, and if that leaves none it is a splat::Error. A view narrower than a telescope's, a
//    distortion stronger than usual or folded near the edge, and focal lengths of which one is more than 2.5 times the
//    other stay;
//  - one and the same pose for all photos stays;
//  - poses of another convention are read by it where that is beyond doubt (data/dataset/pose_convention.h).
std::vector<PosedPhoto> CheckCameras(const SceneDescription& scene, const LogSink& log);

}  // namespace splat::data
