// The lens of a view is changed here, with all that follows from it.
#pragma once

#include "data/dataset/dataset.h"

namespace splat::data {

// Returns the view with data::WithRadialChange(intrinsics, change). Its camera is the one that the changed lens is
// undistorted to, at the same size and pose, and its observations are where that shows them: all places of the stored
// photo stay. LoadView gives another image then, of which no pixel lies outside of the photo. Throws splat::Error as
// WithRadialChange and UndistortedCamera do.
View WithRadialChange(const View& view, double change);

// Returns the dataset with the radial distortion of each lens changed so. There is a change for each lens, by
// View::lens, or none at all; a lens whose change is 0 stays as it is.
Dataset WithRadialChanges(const Dataset& dataset, const std::vector<double>& changes);

}  // namespace splat::data
