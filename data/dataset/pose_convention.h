// This header finds poses that are written by another convention than their reader assumes.
#pragma once

#include <vector>

#include "core/log.h"
#include "core/rigid3.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Returns the turn about x between OpenCV's axes of a camera (y down, z forward) and OpenGL's (y up, z back).
Rigid3 TurnOfAxes();

// Puts the poses of `photos`, those of `scene`, right where the points of the scene leave no doubt, with a warning that
// names the source:
//  - cameras that look away from their points, and from where their axes meet, while they look at both with their y and
//    z axes turned about, are turned: the file has OpenCV's axes where OpenGL's are meant, or the reverse;
//  - cameras that see fewer of the points than the inverse of each pose does are inverted, if the inverse poses are of
//    upright cameras whose axes meet in front, and those that are written do not or belong to cameras that are rolled
//    in all directions: the file has camera-from-world where world-from-camera is meant, or the reverse. For files of
//    OpenGL's axes both axes are tried.
//  - of files of OpenGL's axes likewise those of which the rotations alone stand with rows for columns.
// Without points, and where rolled cameras see as many of them, the finding is only reported, since photos that are
// taken outwards from one place can look the same. An inverse is not noticed where its axes meet in front of upright
// cameras as well, as those of cameras that all look nearly the same way do: it is like a mirror image of them.
void CheckPoseConvention(const SceneDescription& scene, std::vector<PosedPhoto>& photos, const LogSink& log);

}  // namespace splat::data
