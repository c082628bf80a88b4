#include "core/twist.h"

#include <cmath>

#include "core/quaternion.h"

namespace splat {
namespace {

constexpr double kSmallAngle = 1e-4;   // rad: below, two terms of the series are exact to rounding
constexpr double kModestAngle = 1e-2;  // rad: below, three terms are

// sin a / a, (1 - cos a) / a^2 and (a - sin a) / a^3.
struct Series {
  double sine, cosine, rest;
};
Series SeriesAt(double angle) {
  const double square = angle * angle;
  if (angle < kSmallAngle) return {1 - square / 6, 0.5 - square / 24, 1.0 / 6 - square / 120};
  const double half = std::sin(0.5 * angle);
  return {std::sin(angle) / angle, 2 * half * half / square, (angle - std::sin(angle)) / (square * angle)};
}

// x + a w x x + b w x (w x x).
Vec3<double> Turned(const Vec3<double>& w, double a, double b, const Vec3<double>& x) {
  const Vec3<double> across = Cross(w, x);
  return x + a * across + b * Cross(w, across);
}

}  // namespace

Rigid3 ExpTwist(const Twist& twist) {
  const Vec3<double> w = AngularPart(twist);
  const double angle = Norm(w);
  const double half = 0.5 * angle;
  const double share = 0.5 * SeriesAt(half).sine;  // sin(half) / angle
  Rigid3 motion;
  motion.rotation = RotationMatrix(Quaternion<double>{std::cos(half), share * w.x, share * w.y, share * w.z});
  const Series series = SeriesAt(angle);
  motion.translation = Turned(w, series.cosine, series.rest, LinearPart(twist));
  return motion;
}

Twist LogOfMotion(const Rigid3& motion) {
  const Quaternion<double> q = QuaternionFromRotation(motion.rotation);
  const Vec3<double> axis = {q.x, q.y, q.z};
  const double half = std::atan2(Norm(axis), q.w);
  const Vec3<double> w = (2 / SeriesAt(half).sine) * axis;  // |axis| = sin(half)
  const double angle = 2 * half;
  const Series series = SeriesAt(angle);
  // V^-1 = 1 - w/2 + c w^2, with c = (1 - sine / (2 cosine)) / a^2, whose series begins with 1/12 + a^2/720.
  const double square = angle * angle;
  const double c = angle < kModestAngle ? 1.0 / 12 + square / 720 + square * square / 30240
                                        : (1 - series.sine / (2 * series.cosine)) / square;
  return MakeTwist(Turned(w, -0.5, c, motion.translation), w);
}

}  // namespace splat
