#include "data/photos/lens.h"

#include <cmath>
#include <optional>

#include "core/check.h"

namespace splat::data {
namespace {

// Area magnification below which the model counts as folded: an honest lens at 60 degrees still has 0.1.
constexpr double kMinMagnification = 0.01;
constexpr double kFirstStep = 1.0 / 16;   // of the way, exact as a binary number
constexpr double kLastStep = 1.0 / 1024;  // how closely the end of the invertible part is found
constexpr int kNewtonSteps = 20;

// One point of the walk by Newton's method from a neighbour; nothing where the model cannot be inverted.
std::optional<Vec2<double>> SolveFrom(const Lens& lens, const Vec2<double>& start, const Vec2<double>& distorted) {
  constexpr double kStep = 1e-6;        // of the central differences
  constexpr double kTolerance = 1e-12;  // far below a pixel
  Vec2<double> u = start;
  for (int i = 0; i < kNewtonSteps; ++i) {
    const Vec2<double> miss = Distort(lens, u) - distorted;
    const Vec2<double> along_x = Distort(lens, {u.x + kStep, u.y}) - Distort(lens, {u.x - kStep, u.y});
    const Vec2<double> along_y = Distort(lens, {u.x, u.y + kStep}) - Distort(lens, {u.x, u.y - kStep});
    const double scale = 1 / (2 * kStep);
    const double a = along_x.x * scale, b = along_y.x * scale, c = along_x.y * scale, d = along_y.y * scale;
    const double determinant = a * d - b * c;
    if (!(determinant > kMinMagnification)) return std::nullopt;
    u = u - Vec2<double>{(d * miss.x - b * miss.y) / determinant, (a * miss.y - c * miss.x) / determinant};
    if (std::hypot(miss.x, miss.y) < kTolerance) {
      if (!(std::hypot(u.x, u.y) <= kMaxRadius)) return std::nullopt;
      return u;
    }
  }
  return std::nullopt;
}

}  // namespace

Lens MakeLens(const Intrinsics& intrinsics) {
  const CameraModel model = intrinsics.model;
  SPLAT_CHECK(
      IsSupported(model), "camera model ", CameraModelName(model),
      " is not supported; undistort the photos first (colmap image_undistorter) or use one of SIMPLE_PINHOLE, "
      "PINHOLE, SIMPLE_RADIAL, RADIAL, OPENCV, FULL_OPENCV, OPENCV_FISHEYE, SIMPLE_RADIAL_FISHEYE, RADIAL_FISHEYE");
  const std::vector<double>& p = intrinsics.params;
  SPLAT_CHECK(int(p.size()) == CameraModelParamCount(model), "camera model ", CameraModelName(model), " has ",
              CameraModelParamCount(model), " parameters, not ", p.size());
  const size_t focal_count = size_t(CameraModelFocalCount(model));
  Lens lens;
  lens.fx = p[0];
  lens.fy = p[focal_count - 1];
  lens.cx = p[focal_count];
  lens.cy = p[focal_count + 1];
  const double* k = p.data() + focal_count + 2;
  switch (model) {
    case CameraModel::kSimpleRadialFisheye:
    case CameraModel::kRadialFisheye:
    case CameraModel::kOpenCvFisheye:
      lens.fisheye = true;
      for (size_t i = 0; i < p.size() - focal_count - 2; ++i) lens.numerator[i] = k[i];
      break;
    case CameraModel::kSimpleRadial:
      lens.numerator[0] = k[0];
      break;
    case CameraModel::kRadial:
      lens.numerator[0] = k[0];
      lens.numerator[1] = k[1];
      break;
    case CameraModel::kFullOpenCv:
      lens.numerator[2] = k[4];
      for (int i = 0; i < 3; ++i) lens.denominator[i] = k[5 + i];
      [[fallthrough]];
    case CameraModel::kOpenCv:
      for (int i = 0; i < 2; ++i) {
        lens.numerator[i] = k[i];
        lens.tangential[i] = k[2 + i];
      }
      break;
    case CameraModel::kBrown:
      for (int i = 0; i < 4; ++i) lens.numerator[i] = k[i];
      for (int i = 0; i < 2; ++i) lens.tangential[i] = k[4 + i];
      lens.shear = k[6];
      break;
    default:
      break;
  }
  return lens;
}

Vec2<double> Distort(const Lens& lens, const Vec2<double>& u) {
  const double r2 = u.x * u.x + u.y * u.y;
  const double* n = lens.numerator;
  if (lens.fisheye) {
    const double r = std::sqrt(r2);
    const double theta = std::atan(r), t2 = theta * theta;
    const double bent = 1 + t2 * (n[0] + t2 * (n[1] + t2 * (n[2] + t2 * n[3])));
    return (r > 1e-9 ? theta * bent / r : 1.0) * u;
  }
  const double* d = lens.denominator;
  const double p1 = lens.tangential[0], p2 = lens.tangential[1];
  const double s =
      (1 + r2 * (n[0] + r2 * (n[1] + r2 * (n[2] + r2 * n[3])))) / (1 + r2 * (d[0] + r2 * (d[1] + r2 * d[2])));
  const Vec2<double> bent = {s * u.x + 2 * p1 * u.x * u.y + p2 * (r2 + 2 * u.x * u.x),
                             s * u.y + p1 * (r2 + 2 * u.y * u.y) + 2 * p2 * u.x * u.y};
  return {bent.x + lens.shear * bent.y, bent.y};
}

Vec2<double> UndistortTowards(const Lens& lens, const Vec2<double>& distorted) {
  Vec2<double> reached = {0, 0};
  double part = 0;
  for (double step = kFirstStep; part < 1 && step >= kLastStep;) {
    const auto next = SolveFrom(lens, reached, (part + step) * distorted);
    if (next) {
      reached = *next;
      part += step;
    } else {
      step /= 2;
    }
  }
  return reached;
}

}  // namespace splat::data
