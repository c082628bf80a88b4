#include "capture/trajectory.h"

#include <cmath>

#include "core/check.h"
#include "core/constants.h"
#include "core/look_at.h"
#include "core/random.h"
#include "core/twist.h"

namespace splat::capture {

Rigid3 LookAt(const Vec3<double>& eye, const Vec3<double>& target) {
  return splat::LookAt(eye, target, {0, 0, 1});
}

std::vector<Rigid3> OrbitPoses(const OrbitOptions& options, const Vec3<double>& target) {
  Random random(options.seed ^ 0x6f72626974ull);
  const auto shift = [&](double size) {
    const double x = random.Normal(), y = random.Normal(), z = random.Normal();
    return size * Vec3<double>{x, y, z};
  };
  std::vector<Rigid3> poses;
  for (int i = 0; i < options.photos; ++i) {
    const double angle = 2 * kPi * i / options.photos;
    const double radius = options.radius * (1 + 0.05 * std::sin(2 * angle + 1));
    const Vec3<double> eye = {radius * std::cos(angle), radius * std::sin(angle),
                              options.height + options.height_variation * std::sin(3 * angle)};
    const Vec3<double> moved = eye + shift(options.jitter);
    poses.push_back(LookAt(moved, target + shift(options.jitter)));
  }
  return poses;
}

Rigid3 HeldAs(const Rigid3& camera_from_world, int exif_orientation) {
  // Rows: the held camera's right and down, in the upright camera's axes. 6: turned clockwise to be upright, so its
  // right becomes the viewer's down.
  Mat3<double> held_from_upright = Identity3<double>();
  if (exif_orientation == 3) held_from_upright = {{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}};
  if (exif_orientation == 6) held_from_upright = {{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}};
  if (exif_orientation == 8) held_from_upright = {{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}};
  SPLAT_CHECK(exif_orientation == 1 || exif_orientation == 3 || exif_orientation == 6 || exif_orientation == 8,
              "a camera can be held as EXIF orientation 1, 3, 6 or 8, not ", exif_orientation);
  return Compose(Rigid3{held_from_upright, {0, 0, 0}}, camera_from_world);
}

Rigid3 PutOff(const Rigid3& camera_from_world, double degrees, double metres, Random& random) {
  const auto direction = [&] {
    const double x = random.Normal(), y = random.Normal(), z = random.Normal();
    return Normalized(Vec3<double>{x, y, z});
  };
  const Vec3<double> axis = direction(), way = direction();
  const Rigid3 turn = ExpTwist(MakeTwist({0, 0, 0}, (degrees * kRadiansPerDegree) * axis));
  return Compose(Rigid3{turn.rotation, metres * way}, camera_from_world);
}

}  // namespace splat::capture
