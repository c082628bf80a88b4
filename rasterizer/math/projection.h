// This header projects a point by a pinhole camera: it computes the pixel, the Jacobian of the projection, and their
// gradient (docs/math.md, section 4).
#pragma once

#include "core/camera.h"
#include "core/host_device.h"
#include "core/lanes.h"
#include "core/vec.h"
#include "rasterizer/math/thresholds.h"

namespace splat::math {

// The camera in the kernel's scalar, with what is constant over the splats.
template <typename T>
struct PinholeCamera {
  Mat3<T> rotation;     // camera_from_world
  Vec3<T> translation;  // camera_from_world
  Vec3<T> center;       // of the camera, in the world
  T fx, fy, cx, cy;     // px
  Vec2<T> tan_min,
      tan_max;        // bounds of x / z and y / z in the Jacobian: the image's edges and kTangentMargin of its size
  int width, height;  // px
};

template <typename T>
PinholeCamera<T> MakePinholeCamera(const Camera& camera) {
  PinholeCamera<T> p;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) p.rotation.m[i][j] = T(camera.camera_from_world.rotation.m[i][j]);
  }
  const auto& t = camera.camera_from_world.translation;
  p.translation = {T(t.x), T(t.y), T(t.z)};
  const Vec3<double> center = CameraCenterInWorld(camera);
  p.center = {T(center.x), T(center.y), T(center.z)};
  p.fx = T(camera.fx);
  p.fy = T(camera.fy);
  p.cx = T(camera.cx);
  p.cy = T(camera.cy);
  const double mx = kTangentMargin * camera.width, my = kTangentMargin * camera.height;
  p.tan_min = {T((-camera.cx - mx) / camera.fx), T((-camera.cy - my) / camera.fy)};
  p.tan_max = {T((camera.width - camera.cx + mx) / camera.fx), T((camera.height - camera.cy + my) / camera.fy)};
  p.width = camera.width;
  p.height = camera.height;
  return p;
}

// Puts one camera into all lanes.
template <typename T>
PinholeCamera<T> CameraInLanes(const PinholeCamera<ScalarOf<T>>& c) {
  const auto vec3 = [](const Vec3<ScalarOf<T>>& v) { return Vec3<T>{T(v.x), T(v.y), T(v.z)}; };
  PinholeCamera<T> p;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) p.rotation.m[i][j] = T(c.rotation.m[i][j]);
  }
  p.translation = vec3(c.translation);
  p.center = vec3(c.center);
  p.fx = T(c.fx);
  p.fy = T(c.fy);
  p.cx = T(c.cx);
  p.cy = T(c.cy);
  p.tan_min = {T(c.tan_min.x), T(c.tan_min.y)};
  p.tan_max = {T(c.tan_max.x), T(c.tan_max.y)};
  p.width = c.width;
  p.height = c.height;
  return p;
}

template <typename T>
SPLAT_HD inline Vec3<T> PointInCamera(const PinholeCamera<T>& camera, const Vec3<T>& point_in_world) {
  return camera.rotation * point_in_world + camera.translation;
}

// Pixel position of a point in the camera frame with z > 0.
template <typename T>
SPLAT_HD inline Vec2<T> ProjectPoint(const PinholeCamera<T>& camera, const Vec3<T>& p) {
  return {camera.fx * p.x / p.z + camera.cx, camera.fy * p.y / p.z + camera.cy};
}

// The two rows of J W, J the Jacobian of ProjectPoint at p (tangents clamped) and W the camera's rotation.
template <typename T>
struct JacobianRows {
  Vec3<T> u, v;
};

template <typename T>
SPLAT_HD inline T ClampTangent(T value, T low, T high) {
  return Select(value < low, low, Select(value > high, high, value));
}

template <typename T>
SPLAT_HD inline JacobianRows<T> ProjectionJacobian(const PinholeCamera<T>& camera, const Vec3<T>& p) {
  const T inverse_z = T(1) / p.z;
  const T u = ClampTangent(p.x * inverse_z, camera.tan_min.x, camera.tan_max.x);
  const T v = ClampTangent(p.y * inverse_z, camera.tan_min.y, camera.tan_max.y);
  const Vec3<T> w1 = Row(camera.rotation, 0), w2 = Row(camera.rotation, 1), w3 = Row(camera.rotation, 2);
  return {camera.fx * inverse_z * (w1 - u * w3), camera.fy * inverse_z * (w2 - v * w3)};
}

// dL/dp (camera frame) of ProjectionJacobian. grad_size: dL/d(log of a common factor of both rows), which is
// rows.grad_rows.
template <typename T>
SPLAT_HD inline Vec3<T> ProjectionJacobianBackward(const PinholeCamera<T>& camera, const Vec3<T>& p,
                                                   const JacobianRows<T>& grad_rows, T grad_size) {
  // The gradient goes to u = x/z, v = y/z and 1/z. a = fx/z (w1 - u w3): dL/dz through the factor 1/z is -a.grad_a / z.
  const T inverse_z = T(1) / p.z;
  const T u_raw = p.x * inverse_z, v_raw = p.y * inverse_z;
  const Vec3<T> w3 = Row(camera.rotation, 2);
  T grad_z = -grad_size * inverse_z;
  T grad_x = T(0), grad_y = T(0);
  const auto u_free = (u_raw >= camera.tan_min.x) & (u_raw <= camera.tan_max.x);
  if (AnyLane(u_free)) {
    const T grad_u = -camera.fx * inverse_z * Dot(w3, grad_rows.u);
    grad_x = Select(u_free, grad_u * inverse_z, T(0));
    grad_z = Select(u_free, grad_z - grad_u * u_raw * inverse_z, grad_z);
  }
  const auto v_free = (v_raw >= camera.tan_min.y) & (v_raw <= camera.tan_max.y);
  if (AnyLane(v_free)) {
    const T grad_v = -camera.fy * inverse_z * Dot(w3, grad_rows.v);
    grad_y = Select(v_free, grad_v * inverse_z, T(0));
    grad_z = Select(v_free, grad_z - grad_v * v_raw * inverse_z, grad_z);
  }
  return {grad_x, grad_y, grad_z};
}

// dL/d(log of a factor of both focal lengths) of ProjectionJacobian, whose bounds are the image's edges for every focal
// length. grad_size as in ProjectionJacobianBackward.
template <typename T>
SPLAT_HD inline T ProjectionJacobianFocalBackward(const PinholeCamera<T>& camera, const Vec3<T>& p,
                                                  const JacobianRows<T>& grad_rows, T grad_size) {
  // The factor is one of both rows, but where u is clamped, fx u is what stays: the part -fx/z u w3 of a does not grow.
  const T inverse_z = T(1) / p.z;
  const T u_raw = p.x * inverse_z, v_raw = p.y * inverse_z;
  const T u = ClampTangent(u_raw, camera.tan_min.x, camera.tan_max.x);
  const T v = ClampTangent(v_raw, camera.tan_min.y, camera.tan_max.y);
  const Vec3<T> w3 = Row(camera.rotation, 2);
  const T of_u = camera.fx * inverse_z * u * Dot(w3, grad_rows.u);
  const T of_v = camera.fy * inverse_z * v * Dot(w3, grad_rows.v);
  const auto u_free = (u_raw >= camera.tan_min.x) & (u_raw <= camera.tan_max.x);
  const auto v_free = (v_raw >= camera.tan_min.y) & (v_raw <= camera.tan_max.y);
  return grad_size + Select(u_free, T(0), of_u) + Select(v_free, T(0), of_v);
}

// The image of a lens with a radial distortion kappa, which is 0 in all renders: the point x = (u, v) of the plane z =
// 1 is seen at x + kappa r^2 x, r = |x|, and what is next to it is moved by A = r^2 + 2 x x^T. Beyond the tangents'
// bounds points move as they do at the bounds.
template <typename T>
struct RadialDistortion {
  Vec2<T> at;  // the point, within the bounds
  T r2;
};

template <typename T>
SPLAT_HD inline RadialDistortion<T> RadialDistortionAt(const PinholeCamera<T>& camera, const Vec3<T>& p) {
  const T inverse_z = T(1) / p.z;
  const T u = ClampTangent(p.x * inverse_z, camera.tan_min.x, camera.tan_max.x);
  const T v = ClampTangent(p.y * inverse_z, camera.tan_min.y, camera.tan_max.y);
  return {{u, v}, u * u + v * v};
}

// dL/dkappa of ProjectPoint.
template <typename T>
SPLAT_HD inline T ProjectPointRadialBackward(const PinholeCamera<T>& camera, const RadialDistortion<T>& distortion,
                                             const Vec2<T>& grad_mean) {
  const Vec2<T> x = distortion.at;
  return distortion.r2 * (camera.fx * x.x * grad_mean.x + camera.fy * x.y * grad_mean.y);
}

// dL/d(log of a factor of both focal lengths) of ProjectPoint.
template <typename T>
SPLAT_HD inline T ProjectPointFocalBackward(const PinholeCamera<T>& camera, const Vec3<T>& p,
                                            const Vec2<T>& grad_mean) {
  return (camera.fx * p.x * grad_mean.x + camera.fy * p.y * grad_mean.y) / p.z;
}

// dL/dp (camera frame) of ProjectPoint.
template <typename T>
SPLAT_HD inline Vec3<T> ProjectPointBackward(const PinholeCamera<T>& camera, const Vec3<T>& p,
                                             const Vec2<T>& grad_mean) {
  const T inverse_z = T(1) / p.z;
  const T gx = camera.fx * inverse_z * grad_mean.x, gy = camera.fy * inverse_z * grad_mean.y;
  return {gx, gy, -(gx * p.x + gy * p.y) * inverse_z};
}

}  // namespace splat::math
