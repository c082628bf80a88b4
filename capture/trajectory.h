// The trajectory says where the photographer stood.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "core/rigid3.h"

namespace splat::capture {

// Captures set all but the jitter from CaptureOptions (capture/capture_options.h), which has the usual values.
struct OrbitOptions {
  int photos = 0;
  double radius = 0;            // m from the axis, on average
  double height = 0;            // m above the floor, on average
  double height_variation = 0;  // m up and down, three times around
  double jitter = 0.03;         // m, standard deviation of each position
  uint64_t seed = 0;
};

// A camera at `eye` that looks at `target`, its image upright as world z is up. Camera frame: x right, y down, z
// forward. The line of sight must not be vertical.
Rigid3 LookAt(const Vec3<double>& eye, const Vec3<double>& target);

// Returns camera_from_world of each photo. The cameras go once around the z axis, anticlockwise, and look near
// `target`.
std::vector<Rigid3> OrbitPoses(const OrbitOptions& options, const Vec3<double>& target);

// Returns a pose at the same place, with the camera held so that its image must be turned as `exif_orientation` (1, 3,
// 6 or 8) says to be upright. Throws splat::Error for the mirrored orientations.
Rigid3 HeldAs(const Rigid3& camera_from_world, int exif_orientation);

// Returns a pose that is off: turned by so many degrees about a random axis through the camera, and so many metres away
// in a random direction.
Rigid3 PutOff(const Rigid3& camera_from_world, double degrees, double metres, Random& random);

}  // namespace splat::capture
