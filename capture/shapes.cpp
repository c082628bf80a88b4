#include "capture/shapes.h"
#include "core/constants.h"

#include <algorithm>
#include <cmath>

namespace splat::capture {
namespace {

double& Axis(Vec3<double>& v, int axis) {
  return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}
double Axis(const Vec3<double>& v, int axis) {
  return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}

double IntersectSphere(double radius, const Ray& ray, double t_max) {
  const double a = Dot(ray.direction, ray.direction), b = Dot(ray.origin, ray.direction);
  const double c = Dot(ray.origin, ray.origin) - radius * radius;
  const double discriminant = b * b - a * c;
  if (!(discriminant > 0)) return t_max;
  const double t = (-b - std::sqrt(discriminant)) / a;
  return t > kMinT && t < t_max ? t : t_max;
}

struct Interval {
  double enter, leave;
};

Interval BoxInterval(const Vec3<double>& half, const Ray& ray) {
  Interval interval = {-1e30, 1e30};
  for (int axis = 0; axis < 3; ++axis) {
    const double inverse = 1 / Axis(ray.direction, axis), origin = Axis(ray.origin, axis), h = Axis(half, axis);
    const double t0 = (-h - origin) * inverse, t1 = (h - origin) * inverse;
    interval.enter = std::max(interval.enter, std::min(t0, t1));
    interval.leave = std::min(interval.leave, std::max(t0, t1));
  }
  return interval;
}

double IntersectBox(const Vec3<double>& half, const Ray& ray, double t_max) {
  const Interval interval = BoxInterval(half, ray);
  const bool hit = interval.enter < interval.leave && interval.enter > kMinT && interval.enter < t_max;
  return hit ? interval.enter : t_max;
}

double IntersectRoom(const Vec3<double>& half, const Ray& ray, double t_max) {
  const Interval interval = BoxInterval(half, ray);
  return interval.enter < interval.leave && interval.leave > kMinT && interval.leave < t_max ? interval.leave : t_max;
}

double IntersectCylinder(double radius, double half_height, const Ray& ray, double t_max) {
  const Vec3<double>&o = ray.origin, &d = ray.direction;
  const double a = d.x * d.x + d.y * d.y, b = o.x * d.x + o.y * d.y, c = o.x * o.x + o.y * o.y - radius * radius;
  const double discriminant = b * b - a * c;
  double t = t_max;
  if (discriminant > 0 && a > 0) {
    const double side = (-b - std::sqrt(discriminant)) / a;
    if (side > kMinT && side < t && std::abs(o.z + side * d.z) < half_height) t = side;
  }
  if (std::abs(o.z) > half_height && o.z * d.z < 0) {
    const double cap = (std::copysign(half_height, o.z) - o.z) / d.z;
    const double x = o.x + cap * d.x, y = o.y + cap * d.y;
    if (cap > kMinT && cap < t && x * x + y * y < radius * radius) t = cap;
  }
  return t;
}

double TorusDistance(double ring, double tube, const Vec3<double>& p) {
  const double q = std::sqrt(p.x * p.x + p.y * p.y) - ring;
  return std::sqrt(q * q + p.z * p.z) - tube;
}

// Sphere tracing: steps by the exact distance, which never passes the surface.
double IntersectTorus(double ring, double tube, const Ray& ray, double t_max) {
  constexpr int kSteps = 96;
  constexpr double kClose = 1e-7;  // m
  const double a = Dot(ray.direction, ray.direction), b = Dot(ray.origin, ray.direction);
  const double outer = ring + tube, c = Dot(ray.origin, ray.origin) - outer * outer;
  const double discriminant = b * b - a * c;
  if (!(discriminant > 0)) return t_max;
  const double root = std::sqrt(discriminant), leave = std::min(t_max, (-b + root) / a), speed = std::sqrt(a);
  double t = std::max(kMinT, (-b - root) / a);
  for (int step = 0; step < kSteps && t < leave; ++step) {
    const double distance = TorusDistance(ring, tube, ray.origin + t * ray.direction);
    if (distance < kClose) return t;
    t += distance / speed;
  }
  return t_max;
}

// Axes that u and v follow on the faces of a box, by axis of the face's normal.
constexpr int kFaceU[3] = {1, 0, 0};
constexpr int kFaceV[3] = {2, 2, 1};

// Whether u runs against its axis, so that it goes to the right for the viewer.
bool FlipsU(Shape shape, int face) {
  const bool against = face == 0 || face == 3 || face == 4;
  return against != (shape == Shape::kRoom);
}

SurfaceUv BoxUv(const Solid& solid, const Vec3<double>& x) {
  int axis = 0;
  double nearest = -1e30;
  for (int i = 0; i < 3; ++i) {
    const double distance = std::abs(Axis(x, i)) - Axis(solid.size, i);
    if (distance > nearest) nearest = distance, axis = i;
  }
  const int face = 2 * axis + (Axis(x, axis) > 0 ? 1 : 0), along_u = kFaceU[axis], along_v = kFaceV[axis];
  const double u = 0.5 + 0.5 * Axis(x, along_u) / Axis(solid.size, along_u);
  return {face, FlipsU(solid.shape, face) ? 1 - u : u, 0.5 + 0.5 * Axis(x, along_v) / Axis(solid.size, along_v)};
}

SurfacePoint BoxPoint(const Solid& solid, const SurfaceUv& at) {
  const int axis = at.face / 2;
  const double side = at.face % 2 ? 1 : -1, u = FlipsU(solid.shape, at.face) ? 1 - at.u : at.u;
  SurfacePoint point = {{0, 0, 0}, {0, 0, 0}};
  Axis(point.x_in_local, axis) = side * Axis(solid.size, axis);
  Axis(point.x_in_local, kFaceU[axis]) = (2 * u - 1) * Axis(solid.size, kFaceU[axis]);
  Axis(point.x_in_local, kFaceV[axis]) = (2 * at.v - 1) * Axis(solid.size, kFaceV[axis]);
  Axis(point.normal_in_local, axis) = solid.shape == Shape::kRoom ? -side : side;
  return point;
}

SurfaceUv CylinderUv(const Solid& solid, const Vec3<double>& x) {
  const double r = solid.size.x, h = solid.size.z;
  const bool side = std::sqrt(x.x * x.x + x.y * x.y) - r > std::abs(x.z) - h;
  if (side) return {0, 0.5 + std::atan2(x.y, x.x) / (2 * kPi), 0.5 + 0.5 * x.z / h};
  const double u = 0.5 + 0.5 * x.x / r;
  return {x.z > 0 ? 1 : 2, x.z > 0 ? u : 1 - u, 0.5 + 0.5 * x.y / r};
}

SurfacePoint CylinderPoint(const Solid& solid, const SurfaceUv& at) {
  const double r = solid.size.x, h = solid.size.z;
  if (at.face == 0) {
    const double angle = 2 * kPi * (at.u - 0.5), c = std::cos(angle), s = std::sin(angle);
    return {{r * c, r * s, h * (2 * at.v - 1)}, {c, s, 0}};
  }
  const double side = at.face == 1 ? 1 : -1;
  return {{side * r * (2 * at.u - 1), r * (2 * at.v - 1), side * h}, {0, 0, side}};
}

}  // namespace

double Intersect(const Solid& solid, const Ray& ray, double t_max) {
  const Ray local = {solid.local_from_world * ray.origin, solid.local_from_world.rotation * ray.direction};
  switch (solid.shape) {
    case Shape::kSphere:
      return IntersectSphere(solid.size.x, local, t_max);
    case Shape::kBox:
      return IntersectBox(solid.size, local, t_max);
    case Shape::kRoom:
      return IntersectRoom(solid.size, local, t_max);
    case Shape::kCylinder:
      return IntersectCylinder(solid.size.x, solid.size.z, local, t_max);
    case Shape::kTorus:
      return IntersectTorus(solid.size.x, solid.size.y, local, t_max);
  }
  return t_max;
}

int FaceCount(Shape shape) {
  if (shape == Shape::kBox || shape == Shape::kRoom) return 6;
  return shape == Shape::kCylinder ? 3 : 1;
}

Vec2<double> FaceSize(const Solid& solid, int face) {
  const Vec3<double>& size = solid.size;
  switch (solid.shape) {
    case Shape::kSphere:
      return {2 * kPi * size.x, kPi * size.x};
    case Shape::kCylinder:
      return face == 0 ? Vec2<double>{2 * kPi * size.x, 2 * size.z} : Vec2<double>{2 * size.x, 2 * size.x};
    case Shape::kTorus:
      return {2 * kPi * (size.x + size.y), 2 * kPi * size.y};
    case Shape::kBox:
    case Shape::kRoom:
      break;
  }
  return {2 * Axis(size, kFaceU[face / 2]), 2 * Axis(size, kFaceV[face / 2])};
}

SurfaceUv UvAt(const Solid& solid, const Vec3<double>& x) {
  switch (solid.shape) {
    case Shape::kSphere:
      return {0, 0.5 + std::atan2(x.y, x.x) / (2 * kPi),
              0.5 + std::asin(std::min(1.0, std::max(-1.0, x.z / solid.size.x))) / kPi};
    case Shape::kCylinder:
      return CylinderUv(solid, x);
    case Shape::kTorus:
      return {0, 0.5 + std::atan2(x.y, x.x) / (2 * kPi),
              0.5 + std::atan2(x.z, std::sqrt(x.x * x.x + x.y * x.y) - solid.size.x) / (2 * kPi)};
    case Shape::kBox:
    case Shape::kRoom:
      break;
  }
  return BoxUv(solid, x);
}

SurfacePoint PointAt(const Solid& solid, const SurfaceUv& at) {
  if (solid.shape == Shape::kBox || solid.shape == Shape::kRoom) return BoxPoint(solid, at);
  if (solid.shape == Shape::kCylinder) return CylinderPoint(solid, at);
  const double longitude = 2 * kPi * (at.u - 0.5);
  const double latitude = (solid.shape == Shape::kSphere ? kPi : 2 * kPi) * (at.v - 0.5);
  const Vec3<double> outwards = {std::cos(longitude) * std::cos(latitude), std::sin(longitude) * std::cos(latitude),
                                 std::sin(latitude)};
  if (solid.shape == Shape::kSphere) return {solid.size.x * outwards, outwards};
  const Vec3<double> ring = {solid.size.x * std::cos(longitude), solid.size.x * std::sin(longitude), 0};
  return {ring + solid.size.y * outwards, outwards};
}

double BoundingRadius(const Solid& solid) {
  switch (solid.shape) {
    case Shape::kSphere:
      return solid.size.x;
    case Shape::kCylinder:
      return std::sqrt(solid.size.x * solid.size.x + solid.size.z * solid.size.z);
    case Shape::kTorus:
      return solid.size.x + solid.size.y;
    case Shape::kBox:
    case Shape::kRoom:
      break;
  }
  return Norm(solid.size);
}

}  // namespace splat::capture
