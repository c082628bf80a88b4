// The demonstration scene is made of these solids; each says where a ray meets it, and gives its surface as flat
// charts.
#pragma once

#include "core/rigid3.h"

namespace splat::capture {

// All shapes are in their own frame, centred at its origin, with z along the axis.
enum class Shape {
  kSphere,    // size.x: radius
  kBox,       // size: half extents; seen from outside
  kRoom,      // size: half extents; a box seen from inside
  kCylinder,  // size.x: radius, size.z: half height; closed by discs
  kTorus,     // size.x: radius of the ring, size.y: radius of the tube
};

struct Solid {
  Shape shape = Shape::kSphere;
  Vec3<double> size = {1, 1, 1};  // m, by shape
  Rigid3 local_from_world;
};

// The points origin + t direction, t > 0. The direction need not have length 1: with (x, y, 1) in the camera frame t is
// the depth.
struct Ray {
  Vec3<double> origin, direction;
};

// The smallest t in (kMinT, t_max) at which the ray (world frame) meets the surface from its visible side; t_max if
// there is none.
constexpr double kMinT = 1e-6;
double Intersect(const Solid& solid, const Ray& ray, double t_max);

// A point of the surface: its face and the position on it, u and v in [0, 1]. Spheres and tori have one face, boxes and
// rooms six (-x, +x, -y, +y, -z, +z), cylinders three (side, top, bottom). Seen from the visible side with local z (for
// the faces along z: local y) up, u goes to the right and v upwards on flat faces.
struct SurfaceUv {
  int face = 0;
  double u = 0, v = 0;
};

struct SurfacePoint {
  Vec3<double> x_in_local, normal_in_local;  // m; length 1, towards the visible side
};

int FaceCount(Shape shape);
// Size of a face's chart in metres, as long as it is where it is widest.
Vec2<double> FaceSize(const Solid& solid, int face);
SurfaceUv UvAt(const Solid& solid, const Vec3<double>& x_in_local);
SurfacePoint PointAt(const Solid& solid, const SurfaceUv& at);

// Radius of a sphere about the origin of the local frame that holds the solid.
double BoundingRadius(const Solid& solid);

}  // namespace splat::capture
