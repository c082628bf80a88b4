// This header takes one splat through the whole geometry stage, forward and backward: what a thread of the project
// stage does on every backend (docs/math.md, sections 1 to 5, 8 and 13).
#pragma once

#include <type_traits>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/quaternion.h"
#include "core/vec.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/antialiasing_opacity.h"
#include "rasterizer/math/covariance_2d.h"
#include "rasterizer/math/projection.h"
#include "rasterizer/math/sh.h"
#include "rasterizer/math/thresholds.h"
#include "rasterizer/math/tiles.h"

namespace splat::math {

template <typename T>
struct StoredSplat {
  Vec3<T> mean, log_scale;
  Quaternion<T> quat;
  T opacity_logit;
  const T* sh_dc;    // [3]
  const T* sh_rest;  // [K, 3]
};

template <typename T>
struct ProjectedSplat {
  MaskOf<T> visible;  // where it is not, nothing else is set
  Vec2<T> mean;       // px
  SymMat2<T> conic;
  Vec2<T> half;  // px
  T opacity;     // multiplied by OpacityFactor, if the scene has one
  Vec3<T> color;
  T depth;
};

struct ProjectLimits {
  double near, far;
  int sh_degree;
  Antialiasing antialiasing = Antialiasing::kNone;
};

// Finds infinities that activations would turn into ordinary values: scale exp(-inf) = 0 and opacity sigmoid(inf) = 1.
// What else is not finite fails a guard of ProjectSplat further on.
template <typename T>
SPLAT_HD inline MaskOf<T> ActivatesToOrdinaryValues(const StoredSplat<T>& splat) {
  const T bound = T(kLargestStoredValue);
  return (splat.opacity_logit < bound) & (splat.log_scale.x > -bound) & (splat.log_scale.y > -bound) &
         (splat.log_scale.z > -bound);
}

// The first test of ProjectSplat: whether the mean lies between the planes. NaN does not.
template <typename T>
SPLAT_HD inline MaskOf<T> IsInDepthRange(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                         const Vec3<T>& mean) {
  const T z = PointInCamera(camera, mean).z;
  return (z > T(limits.near)) & (z < T(limits.far));
}

// All of ProjectSplat but the colour, which is not set. Guards are phrased so that a NaN or an infinity anywhere makes
// the splat invisible.
template <typename T>
SPLAT_HD inline ProjectedSplat<T> ProjectGeometry(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                                  const StoredSplat<T>& splat) {
  ProjectedSplat<T> out;
  out.visible = IsInDepthRange(camera, limits, splat.mean);
  if (!AnyLane(out.visible)) return out;
  const Vec3<T> p = PointInCamera(camera, splat.mean);
  out.visible = out.visible & ActivatesToOrdinaryValues(splat);
  if (!AnyLane(out.visible)) return out;
  out.opacity = Sigmoid(splat.opacity_logit);
  T reach = ReachOf(out.opacity);
  out.visible = out.visible & (reach > T(0));
  if (!AnyLane(out.visible)) return out;
  const T norm2 = SquaredNorm(splat.quat);
  out.visible = out.visible & (norm2 > T(kSmallestSquaredNorm)) & (norm2 < T(kLargestSquaredNorm));
  if (!AnyLane(out.visible)) return out;
  const ProjectedAxes<T> axes = ProjectAxes(ProjectionJacobian(camera, p), splat.log_scale, splat.quat);
  const SymMat2<T> cov = Covariance2d(axes);
  const T sharp_det = SharpDeterminant2d(axes);
  const T det = Covariance2dDeterminant(sharp_det, cov);
  out.visible = out.visible & (det > T(0)) & (det < T(kLargestDeterminantPx4)) & (cov.xx < T(kLargestVariancePx2)) &
                (cov.yy < T(kLargestVariancePx2));
  if (!AnyLane(out.visible)) return out;
  if (HasOpacityFactor(limits.antialiasing)) {  // all that follows, the splat's extent too, is of the product
    out.opacity = out.opacity * OpacityFactor(limits.antialiasing, sharp_det, det);
    reach = ReachOf(out.opacity);
    out.visible = out.visible & (reach > T(0));
    if (!AnyLane(out.visible)) return out;
  }
  out.conic = Conic(cov, det);
  out.half = HalfExtents(cov, reach);
  out.mean = ProjectPoint(camera, p);
  out.depth = p.z;
  // This cheap test comes before the colour is touched; it fails for NaN, too.
  out.visible = out.visible & (out.mean.x + out.half.x > T(0)) & (out.mean.x - out.half.x < T(camera.width)) &
                (out.mean.y + out.half.y > T(0)) & (out.mean.y - out.half.y < T(camera.height));
  return out;
}

// Adds the colour. view: from the camera to the splat, of any length.
template <typename T>
SPLAT_HD inline void ProjectColor(const ProjectLimits& limits, const Vec3<T>& view, const T* sh_dc, const T* sh_rest,
                                  ProjectedSplat<T>& out) {
  const Vec3<T> color = ShColorUnclamped(limits.sh_degree, Normalized(view), sh_dc, sh_rest);
  out.visible = out.visible & (Dot(color, color) < T(kLargestSquaredColor));
  out.color = ClampColor(color);
}

template <typename T>
SPLAT_HD inline ProjectedSplat<T> ProjectSplat(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                               const StoredSplat<T>& splat) {
  ProjectedSplat<T> out = ProjectGeometry(camera, limits, splat);
  if (AnyLane(out.visible)) ProjectColor(limits, splat.mean - camera.center, splat.sh_dc, splat.sh_rest, out);
  return out;
}

// Gradient of the loss with respect to what ProjectSplat returned.
template <typename T>
struct ProjectedSplatGrad {
  Vec2<T> mean;
  ShearedConic<T> conic;
  T opacity;
  Vec3<T> color;
  T depth;
};

template <typename T>
struct StoredSplatGrad {
  Vec3<T> mean, log_scale;
  Quaternion<T> quat;
  T opacity_logit;
};

// The part of one splat in the gradient with respect to the camera: to a small motion, the left tangent of
// camera_from_world by which a point p of the camera frame goes to p + translation + rotation x p, to a factor
// exp(focal) of both focal lengths, and to a radial distortion of the image (docs/math.md, section 13).
template <typename T>
struct CameraGrad {
  Vec3<T> translation;  // in scene units, along the axes of the camera
  Vec3<T> rotation;     // in radians, about the axes of the camera
  T focal;
  T radial;
};

template <typename T>
SPLAT_HD inline MaskOf<T> IsFinite(const CameraGrad<T>& grad) {
  const Vec3<T> a = grad.translation - grad.translation, b = grad.rotation - grad.rotation;  // 0, or NaN
  const T c = grad.focal - grad.focal, d = grad.radial - grad.radial;
  return (a.x + a.y) + (a.z + b.x) + (b.y + b.z) + (c + d) >= T(0);
}

// The gradient without the coefficients of the colour, which are four times as many numbers as all others; those follow
// from two vectors (ShCoefficientsBackward).
template <typename T>
struct SplatBackward {
  StoredSplatGrad<T> splat;
  Vec3<T> direction;   // from the camera to the splat, unit
  Vec3<T> grad_color;  // before the clamp
};

template <typename T>
struct SplatAndCameraBackward : SplatBackward<T> {
  CameraGrad<T> camera;
};

// The gradients of the opacity and of the axes, made from those of the projected opacity and of the conic.
template <typename T>
struct FootprintGrad {
  ProjectedAxesGrad<T> axes;
  T opacity;
};

template <typename T>
SPLAT_HD inline FootprintGrad<T> FootprintBackward(const ProjectLimits& limits, T opacity, const ProjectedAxes<T>& axes,
                                                   const ProjectedSplatGrad<T>& grad) {
  const SymMat2<T> cov = Covariance2d(axes);
  const T sharp_det = SharpDeterminant2d(axes);
  const T det = Covariance2dDeterminant(sharp_det, cov);
  FootprintGrad<T> out = {ShearedConicBackward(axes, ShearedConicOf(cov, det), grad.conic), grad.opacity};
  if (HasOpacityFactor(limits.antialiasing)) {
    out.axes = out.axes + OpacityFactorBackward(limits.antialiasing, axes, sharp_det, det, grad.opacity * opacity);
    out.opacity = grad.opacity * OpacityFactor(limits.antialiasing, sharp_det, det);
  }
  return out;
}

// The gradient with respect to a motion of the camera: its translation, from that with respect to the splat's mean in
// the world. Moving the camera is moving all splats the other way, the colour's direction included.
template <typename T>
SPLAT_HD inline Vec3<T> CameraTranslationBackward(const PinholeCamera<T>& camera, const Vec3<T>& grad_mean) {
  return camera.rotation * grad_mean;
}

// Its rotation, from the gradients with respect to the splat's mean in the camera frame and to its turn about its own
// axes. A rotation about the camera's centre turns the splat and carries its mean along, but leaves the direction of
// the colour as it was.
template <typename T>
SPLAT_HD inline Vec3<T> CameraRotationBackward(const PinholeCamera<T>& camera, const Vec3<T>& point,
                                               const Vec3<T>& grad_point, const Vec3<T>& grad_turn_in_world) {
  return Cross(point, grad_point) + camera.rotation * grad_turn_in_world;
}

// The chain of ProjectSplatBackward. Result: SplatBackward or SplatAndCameraBackward. What only the camera's part needs
// is not computed for the first: not every compiler leaves out what is not used.
template <typename Result, typename T>
SPLAT_HD inline Result SplatBackwardTo(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                       const StoredSplat<T>& splat, const ProjectedSplatGrad<T>& grad) {
  const Vec3<T> p = PointInCamera(camera, splat.mean);
  const JacobianRows<T> rows = ProjectionJacobian(camera, p);
  const ProjectedAxes<T> axes = ProjectAxes(rows, splat.log_scale, splat.quat);
  const T opacity = Sigmoid(splat.opacity_logit);
  const FootprintGrad<T> footprint = FootprintBackward(limits, opacity, axes, grad);
  const ProjectAxesGrad<T> through_axes = ProjectAxesBackward(splat.quat, axes, footprint.axes);
  Vec3<T> grad_p = ProjectPointBackward(camera, p, grad.mean) +
                   ProjectionJacobianBackward(camera, p, through_axes.rows, through_axes.size);
  grad_p.z += grad.depth;

  Result out;
  const Vec3<T> view = splat.mean - camera.center;
  out.direction = Normalized(view);
  const Vec3<T> color = ShColorUnclamped(limits.sh_degree, out.direction, splat.sh_dc, splat.sh_rest);
  out.grad_color = ClampColorBackward(color, grad.color);
  const Vec3<T> grad_direction = ShDirectionBackward(limits.sh_degree, out.direction, splat.sh_rest, out.grad_color);

  out.splat.mean = Transpose(camera.rotation) * grad_p + NormalizedBackward(view, grad_direction);
  out.splat.log_scale = through_axes.log_scale;
  out.splat.quat = through_axes.quat;
  out.splat.opacity_logit = SigmoidBackward(opacity, footprint.opacity);
  if constexpr (std::is_same_v<Result, SplatAndCameraBackward<T>>) {
    out.camera.translation = CameraTranslationBackward(camera, out.splat.mean);
    out.camera.rotation = CameraRotationBackward(camera, p, grad_p, TurnInWorld(axes, footprint.axes));
    out.camera.focal = ProjectPointFocalBackward(camera, p, grad.mean) +
                       ProjectionJacobianFocalBackward(camera, p, through_axes.rows, through_axes.size);
    const RadialDistortion<T> distortion = RadialDistortionAt(camera, p);
    out.camera.radial = ProjectPointRadialBackward(camera, distortion, grad.mean) +
                        ImagesRadialBackward(camera, distortion, axes, footprint.axes, through_axes.size);
  }
  return out;
}

// The splat must be visible.
template <typename T>
SPLAT_HD inline SplatBackward<T> ProjectSplatBackward(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                                      const StoredSplat<T>& splat, const ProjectedSplatGrad<T>& grad) {
  return SplatBackwardTo<SplatBackward<T>>(camera, limits, splat, grad);
}

// The part of the camera beside it, which takes more.
template <typename T>
SPLAT_HD inline SplatAndCameraBackward<T> ProjectSplatAndCameraBackward(const PinholeCamera<T>& camera,
                                                                        const ProjectLimits& limits,
                                                                        const StoredSplat<T>& splat,
                                                                        const ProjectedSplatGrad<T>& grad) {
  return SplatBackwardTo<SplatAndCameraBackward<T>>(camera, limits, splat, grad);
}

// This overload also treats the coefficients: it writes grad_sh_dc [3] and the first ShRestCount(sh_degree) rows of
// grad_sh_rest [K, 3].
template <typename T>
SPLAT_HD inline StoredSplatGrad<T> ProjectSplatBackward(const PinholeCamera<T>& camera, const ProjectLimits& limits,
                                                        const StoredSplat<T>& splat, const ProjectedSplatGrad<T>& grad,
                                                        T* grad_sh_dc, T* grad_sh_rest) {
  const SplatBackward<T> out = ProjectSplatBackward(camera, limits, splat, grad);
  ShCoefficientsBackward(limits.sh_degree, out.direction, out.grad_color, grad_sh_dc, grad_sh_rest);
  return out.splat;
}

}  // namespace splat::math
