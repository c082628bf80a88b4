#include "scene/splat_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "rasterizer/math/sh.h"

namespace splat {
namespace {

constexpr int kMostSweeps = 30;           // of Jacobi's method; a handful are enough
constexpr double kOrthogonal = 1e-15;     // cosine between columns that count as orthogonal
constexpr double kSmallestScale = 1e-30;  // whose logarithm is finite
constexpr int kShFunctions = math::ShRestCount(math::kMaxShDegree);

Vec3<double> Column(const Mat3<double>& a, int column) {
  return {a(0, column), a(1, column), a(2, column)};
}

// a = u * diag(sizes) * v^T with orthogonal u and v, u of determinant 1 where `a` has a positive one.
struct Decomposition {
  Mat3<double> u, v = Identity3<double>();
  std::array<double, 3> sizes = {};
};

// Turns columns i and j of `a`, and of `v`, until they are orthogonal. Returns whether they were not before.
bool Orthogonalize(int i, int j, Mat3<double>& a, Mat3<double>& v) {
  const Vec3<double> x = Column(a, i), y = Column(a, j);
  const double xx = Dot(x, x), yy = Dot(y, y), xy = Dot(x, y);
  if (!(std::abs(xy) > kOrthogonal * std::sqrt(xx * yy))) return false;
  const double zeta = (yy - xx) / (2 * xy);
  const double tangent = std::copysign(1 / (std::abs(zeta) + std::sqrt(1 + zeta * zeta)), zeta);
  const double cosine = 1 / std::sqrt(1 + tangent * tangent), sine = cosine * tangent;
  for (Mat3<double>* matrix : {&a, &v}) {
    for (int row = 0; row < 3; ++row) {
      const double left = (*matrix)(row, i), right = (*matrix)(row, j);
      (*matrix)(row, i) = cosine * left - sine * right;
      (*matrix)(row, j) = sine * left + cosine * right;
    }
  }
  return true;
}

// Jacobi's one-sided method (Hestenes 1958), which keeps the digits of small sizes beside large ones.
Decomposition Decompose(Mat3<double> a) {
  Decomposition result;
  bool turned = true;
  for (int sweep = 0; sweep < kMostSweeps && turned; ++sweep) {
    turned = false;
    for (const auto& [i, j] : {std::pair(0, 1), std::pair(0, 2), std::pair(1, 2)}) {
      turned = Orthogonalize(i, j, a, result.v) || turned;
    }
  }
  for (int column = 0; column < 3; ++column) {
    const Vec3<double> axis = Column(a, column);
    const double size = std::sqrt(Dot(axis, axis));
    result.sizes[size_t(column)] = size;
    for (int row = 0; row < 3; ++row) result.u(row, column) = a(row, column) / size;
  }
  return result;
}

using ShMatrix = std::array<std::array<double, kShFunctions>, kShFunctions>;

// How SH coefficients change when what they describe is turned by the orthogonal map `turn`: entry (k, j) is the
// integral over the sphere of function k at d times function j at turn^T d. The quadrature (Gauss-Legendre in z, evenly
// around it) is exact for the products of degree 6.
ShMatrix ShTurn(const Mat3<double>& turn) {
  constexpr double kHeights[] = {-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526};
  constexpr double kWeights[] = {0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538};
  constexpr int kAround = 8;
  const Mat3<double> back = Transpose(turn);
  ShMatrix matrix = {};
  for (int height = 0; height < 4; ++height) {
    const double z = kHeights[height], radius = std::sqrt(1 - z * z);
    for (int step = 0; step < kAround; ++step) {
      const double angle = 2 * kPi * step / kAround;
      const Vec3<double> direction = {radius * std::cos(angle), radius * std::sin(angle), z};
      double at[kShFunctions], before[kShFunctions];
      math::ShBasis(math::kMaxShDegree, direction, at);
      math::ShBasis(math::kMaxShDegree, back * direction, before);
      for (int k = 0; k < kShFunctions; ++k) {
        for (int j = 0; j < kShFunctions; ++j) {
          matrix[size_t(k)][size_t(j)] += kWeights[height] * 2 * kPi / kAround * at[k] * before[j];
        }
      }
    }
  }
  return matrix;
}

void TurnSh(const Mat3<double>& turn, SplatCloud& cloud) {
  const int rest = cloud.sh_rest_count;
  if (rest == 0) return;
  const ShMatrix matrix = ShTurn(turn);
  std::vector<double> turned(size_t(rest * kChannels));
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    float* const values = cloud.sh_rest.data() + splat * rest * kChannels;
    for (int k = 0; k < rest; ++k) {
      for (int channel = 0; channel < kChannels; ++channel) {
        double sum = 0;
        for (int j = 0; j < rest; ++j) sum += matrix[size_t(k)][size_t(j)] * double(values[j * kChannels + channel]);
        turned[size_t(k * kChannels + channel)] = sum;
      }
    }
    for (int i = 0; i < rest * kChannels; ++i) values[i] = float(turned[size_t(i)]);
  }
}

// Rotation and log scales of the ellipsoid that the map makes of a splat's.
void TransformShape(const Mat3<double>& linear, float* quat, float* log_scale) {
  const Mat3<double> rotation = RotationMatrix(Quaternion<double>{quat[0], quat[1], quat[2], quat[3]});
  Mat3<double> axes = linear * rotation;
  for (int column = 0; column < 3; ++column) {
    for (int row = 0; row < 3; ++row) axes(row, column) *= std::exp(double(log_scale[column]));
  }
  Decomposition shape = Decompose(axes);
  if (Determinant(shape.u) < 0) {  // an axis has no direction
    for (int row = 0; row < 3; ++row) shape.u(row, 2) = -shape.u(row, 2);
  }
  const Quaternion<double> turned = QuaternionFromRotation(shape.u);
  const double wxyz[] = {turned.w, turned.x, turned.y, turned.z};
  for (int i = 0; i < 4; ++i) quat[i] = float(wxyz[i]);
  for (int i = 0; i < 3; ++i) log_scale[i] = float(std::log(std::max(shape.sizes[size_t(i)], kSmallestScale)));
}

}  // namespace

Affine3 operator*(const Affine3& a, const Affine3& b) {
  return {a.linear * b.linear, a.linear * b.translation + a.translation};
}

Affine3 AffineOf(const Similarity3& transform) {
  Affine3 affine = {transform.rotation, transform.translation};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) affine.linear(i, j) *= transform.scale;
  }
  return affine;
}

void Transform(const Affine3& transform, SplatCloud& cloud) {
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    float* const mean = cloud.means.data() + 3 * splat;
    const Vec3<double> moved = transform.linear * Vec3<double>{mean[0], mean[1], mean[2]} + transform.translation;
    mean[0] = float(moved.x);
    mean[1] = float(moved.y);
    mean[2] = float(moved.z);
    TransformShape(transform.linear, cloud.quats.data() + 4 * splat, cloud.log_scales.data() + 3 * splat);
  }
  const Decomposition map = Decompose(transform.linear);
  TurnSh(map.u * Transpose(map.v), cloud);
}

SplatCloud Transformed(const Affine3& transform, const SplatSelection& splats) {
  SplatCloud cloud(splats.count(), splats.sh_degree());
  cloud.traits = splats.traits();
  for (int array = 0; array < kSplatArrays; ++array) {
    const int64_t width = WidthOf(array, cloud.sh_rest_count);
    for (int64_t splat = 0; splat < cloud.count(); ++splat) {
      splats.CopyTo(array, splat, cloud[array].data() + width * splat);
    }
  }
  Transform(transform, cloud);
  return cloud;
}

}  // namespace splat
