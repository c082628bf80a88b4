// These small vectors and matrices take any scalar (float, double, dual numbers), on the host and the device.
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace splat {

template <typename T>
struct Vec2 {
  T x, y;
};

template <typename T>
struct Vec3 {
  T x, y, z;
};

// Symmetric 2x2 matrix [[xx, xy], [xy, yy]].
template <typename T>
struct SymMat2 {
  T xx, xy, yy;
};

// Symmetric 3x3 matrix, upper triangle.
template <typename T>
struct SymMat3 {
  T xx, xy, xz, yy, yz, zz;
};

// Row-major 3x3 matrix.
template <typename T>
struct Mat3 {
  T m[3][3];

  SPLAT_HD T& operator()(int row, int column) { return m[row][column]; }
  SPLAT_HD const T& operator()(int row, int column) const { return m[row][column]; }
};

template <typename T>
SPLAT_HD inline Vec2<T> operator+(const Vec2<T>& a, const Vec2<T>& b) {
  return {a.x + b.x, a.y + b.y};
}
template <typename T>
SPLAT_HD inline Vec2<T> operator-(const Vec2<T>& a, const Vec2<T>& b) {
  return {a.x - b.x, a.y - b.y};
}
template <typename T>
SPLAT_HD inline Vec2<T> operator*(T s, const Vec2<T>& a) {
  return {s * a.x, s * a.y};
}

template <typename T>
SPLAT_HD inline Vec3<T> operator+(const Vec3<T>& a, const Vec3<T>& b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
template <typename T>
SPLAT_HD inline Vec3<T> operator-(const Vec3<T>& a, const Vec3<T>& b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
template <typename T>
SPLAT_HD inline Vec3<T> operator-(const Vec3<T>& a) {
  return {-a.x, -a.y, -a.z};
}
template <typename T>
SPLAT_HD inline Vec3<T> operator*(T s, const Vec3<T>& a) {
  return {s * a.x, s * a.y, s * a.z};
}
template <typename T>
SPLAT_HD inline T Dot(const Vec3<T>& a, const Vec3<T>& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
template <typename T>
SPLAT_HD inline Vec3<T> Cross(const Vec3<T>& a, const Vec3<T>& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
template <typename T>
SPLAT_HD inline T Norm(const Vec3<T>& a) {
  using std::sqrt;
  return sqrt(Dot(a, a));
}
// a / |a|; the caller makes sure that |a| is not zero.
template <typename T>
SPLAT_HD inline Vec3<T> Normalized(const Vec3<T>& a) {
  return (T(1) / Norm(a)) * a;
}

template <typename T>
SPLAT_HD inline Mat3<T> Identity3() {
  return {{{T(1), T(0), T(0)}, {T(0), T(1), T(0)}, {T(0), T(0), T(1)}}};
}
template <typename T>
SPLAT_HD inline Mat3<T> Transpose(const Mat3<T>& a) {
  return {{{a.m[0][0], a.m[1][0], a.m[2][0]}, {a.m[0][1], a.m[1][1], a.m[2][1]}, {a.m[0][2], a.m[1][2], a.m[2][2]}}};
}
template <typename T>
SPLAT_HD inline Mat3<T> operator*(const Mat3<T>& a, const Mat3<T>& b) {
  Mat3<T> c;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) c.m[i][j] = a.m[i][0] * b.m[0][j] + a.m[i][1] * b.m[1][j] + a.m[i][2] * b.m[2][j];
  }
  return c;
}
template <typename T>
SPLAT_HD inline Vec3<T> operator*(const Mat3<T>& a, const Vec3<T>& v) {
  return {a.m[0][0] * v.x + a.m[0][1] * v.y + a.m[0][2] * v.z, a.m[1][0] * v.x + a.m[1][1] * v.y + a.m[1][2] * v.z,
          a.m[2][0] * v.x + a.m[2][1] * v.y + a.m[2][2] * v.z};
}
template <typename T>
SPLAT_HD inline Vec3<T> Row(const Mat3<T>& a, int row) {
  return {a.m[row][0], a.m[row][1], a.m[row][2]};
}
template <typename T>
SPLAT_HD inline T Determinant(const Mat3<T>& a) {
  return Dot(Row(a, 0), Cross(Row(a, 1), Row(a, 2)));
}

template <typename T>
SPLAT_HD inline Vec3<T> operator*(const SymMat3<T>& a, const Vec3<T>& v) {
  return {a.xx * v.x + a.xy * v.y + a.xz * v.z, a.xy * v.x + a.yy * v.y + a.yz * v.z,
          a.xz * v.x + a.yz * v.y + a.zz * v.z};
}
template <typename T>
SPLAT_HD inline T Determinant(const SymMat2<T>& a) {
  return a.xx * a.yy - a.xy * a.xy;
}

}  // namespace splat
