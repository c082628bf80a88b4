// This header finds the frame that a scene is trained in: upright, centred on what the cameras look at, and of a usual
// size.
#pragma once

#include <optional>
#include <vector>

#include "core/camera.h"
#include "core/rigid3.h"

namespace splat::data {

// The median distance of the cameras from what they look at, in the aligned frame. Every training runs in that frame,
// so that each of its constants in scene units is a share of this distance.
constexpr double kAlignedDistance = 4;

// A camera as the alignment sees it.
struct AlignedView {
  Rigid3 camera_from_world;
  Vec3<double> up_in_camera = {0, -1, 0};  // towards the upper edge of the image as people see it
};

// Returns the direction in the camera frame that is up in the displayed image of a photo whose stored pixels the camera
// describes.
Vec3<double> UpInCamera(int exif_orientation);

// Returns the point with the least squared distance from all optical axes, before or behind the cameras; nothing where
// the axes are parallel to within about half a degree.
std::optional<Vec3<double>> WhereAxesMeet(const std::vector<Rigid3>& cameras_from_world);

// Returns the point of WhereAxesMeet if there are four cameras or more and their axes pass near to it: in the median by
// no more than a quarter of the cameras' distance from it.
std::optional<Vec3<double>> WhereAxesMeetClosely(const std::vector<Rigid3>& cameras_from_world);

// The similarity scene_from_source under which
//  - the mean of the cameras' up directions is -y (the first camera's, if they cancel out);
//  - the point with the least squared distance from all optical axes is the origin. Where the axes are parallel to
//    within about half a degree, or half of the cameras or more look away from that point, the mean of the camera
//    centres is;
//  - the median distance of the camera centres from the origin is kAlignedDistance. If they all lie in one point, that
//    of `points` is; without points the scale stays 1.
// No length in it is measured in the source's units, except for what counts as rounding around zero (1e-12), so that
// the result does not depend on unit and origin of the source.
Similarity3 AlignScene(const std::vector<AlignedView>& views, const std::vector<Vec3<double>>& points = {});

// Returns the camera in the aligned frame: x_in_camera is multiplied by the scale, so that the pose stays rigid and
// each point is seen at the same pixel.
Rigid3 AlignPose(const Rigid3& camera_from_source, const Similarity3& scene_from_source);

// Returns 1.1 x the largest distance of a camera centre from their mean, in the aligned frame; a quarter of
// kAlignedDistance if the centres are one point.
double CameraExtent(const std::vector<Vec3<double>>& centers);

}  // namespace splat::data
