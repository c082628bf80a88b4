// The gradient of one splat's projection, by its own numbers and by a motion of the camera.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.h"
#include "rasterizer/math/project_splat.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"
#include "tests/support/stored_splats.h"

namespace splat::math {
namespace {

using testing::AppendPlainSplat;
using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::kLimits;
using testing::OrdinarySplat;
using testing::RandomSplats;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::SplatOf;
using testing::TestCamera;

std::vector<Antialiasing> AllModes() {
  std::vector<Antialiasing> modes;
  for (int number = 0; number < kAntialiasingModes; ++number) modes.push_back(Antialiasing(number));
  return modes;
}

// The camera after a motion [6] and a change of its focal length [1], of which only the derivatives are other than 0:
// in the first order the rotation W goes to W + w x W. The tangents' bounds stay at the image's edges.
PinholeCamera<Dual> ChangedCamera(const Camera& camera, const std::vector<Dual>& motion) {
  PinholeCamera<Dual> moved = MakePinholeCamera<Dual>(camera);
  const Dual factor = 1.0 + motion[6];
  moved.fx = moved.fx * factor;
  moved.fy = moved.fy * factor;
  for (Vec2<Dual>* tangents : {&moved.tan_min, &moved.tan_max})
    *tangents = {tangents->x / factor, tangents->y / factor};
  const Vec3<Dual> shift = testing::VectorAt(motion, 0), turn = testing::VectorAt(motion, 3);
  for (int column = 0; column < 3; ++column) {
    const Vec3<Dual> before = {moved.rotation.m[0][column], moved.rotation.m[1][column], moved.rotation.m[2][column]};
    const Vec3<Dual> after = before + Cross(turn, before);
    moved.rotation.m[0][column] = after.x;
    moved.rotation.m[1][column] = after.y;
    moved.rotation.m[2][column] = after.z;
  }
  moved.translation = moved.translation + shift + Cross(turn, moved.translation);
  moved.center = -(Transpose(moved.rotation) * moved.translation);
  return moved;
}

// What ProjectSplat returns, of an image with a radial distortion: the mean and the rows of the Jacobian are distorted.
ProjectedSplat<Dual> ProjectDistorted(const PinholeCamera<Dual>& camera, const ProjectLimits& limits,
                                      const StoredSplat<Dual>& splat, const Dual& kappa) {
  ProjectedSplat<Dual> out = ProjectSplat(camera, limits, splat);
  const Vec3<Dual> p = PointInCamera(camera, splat.mean);
  const Dual u = ClampTangent(p.x / p.z, camera.tan_min.x, camera.tan_max.x);
  const Dual v = ClampTangent(p.y / p.z, camera.tan_min.y, camera.tan_max.y);
  const Dual r2 = u * u + v * v, aspect = camera.fx / camera.fy;
  const JacobianRows<Dual> rows = ProjectionJacobian(camera, p);
  const JacobianRows<Dual> bent = {rows.u + kappa * ((r2 + 2.0 * u * u) * rows.u + (2.0 * u * v * aspect) * rows.v),
                                   rows.v + kappa * ((2.0 * u * v / aspect) * rows.u + (r2 + 2.0 * v * v) * rows.v)};
  const ProjectedAxes<Dual> axes = ProjectAxes(bent, splat.log_scale, splat.quat);
  const SymMat2<Dual> cov = Covariance2d(axes);
  const Dual sharp_det = SharpDeterminant2d(axes), det = Covariance2dDeterminant(sharp_det, cov);
  out.conic = Conic(cov, det);
  out.opacity = Sigmoid(splat.opacity_logit);
  if (HasOpacityFactor(limits.antialiasing)) {
    out.opacity = out.opacity * OpacityFactor(limits.antialiasing, sharp_det, det);
  }
  out.mean = {out.mean.x + kappa * camera.fx * r2 * u, out.mean.y + kappa * camera.fy * r2 * v};
  return out;
}

// The whole chain, of the splat's numbers and of the camera's: a random linear functional of everything that is
// projected.
void ExpectGradientMatchesDuals(const Camera& camera, const std::vector<double>& x, const ProjectLimits& limits,
                                Random& random) {
  const auto w = testing::RandomVector(10, -1, 1, random);
  const auto loss = [&](const ProjectedSplat<Dual>& p) {
    EXPECT_TRUE(p.visible);
    const Dual shear = p.conic.xy / p.conic.yy, along = p.conic.xx - shear * p.conic.xy;
    return w[0] * p.mean.x + w[1] * p.mean.y + w[2] * p.conic.yy + w[3] * shear + w[4] * along + w[5] * p.opacity +
           w[6] * p.color.x + w[7] * p.color.y + w[8] * p.color.z + w[9] * p.depth;
  };
  const auto of_splat = [&](const std::vector<Dual>& v) {
    return loss(ProjectSplat(MakePinholeCamera<Dual>(camera), limits, SplatOf(v)));
  };
  const std::vector<Dual> still(x.begin(), x.end());
  const auto of_camera = [&](const std::vector<Dual>& change) {
    return loss(ProjectDistorted(ChangedCamera(camera, change), limits, SplatOf(still), change[7]));
  };
  const auto expected = DualGradient(of_splat, x), expected_camera = DualGradient(of_camera, std::vector<double>(8));
  std::vector<double> actual(x.size(), 0);
  const ProjectedSplatGrad<double> grad{{w[0], w[1]}, {w[2], w[3], w[4]}, w[5], {w[6], w[7], w[8]}, w[9]};
  const auto g = ProjectSplatBackward(MakePinholeCamera<double>(camera), limits, SplatOf(x), grad, &actual[11],
                                      actual.data() + 14);
  const double geometry[11] = {g.mean.x, g.mean.y, g.mean.z, g.log_scale.x, g.log_scale.y,  g.log_scale.z,
                               g.quat.w, g.quat.x, g.quat.y, g.quat.z,      g.opacity_logit};
  std::copy(geometry, geometry + 11, actual.begin());
  EXPECT_TRUE(GradientsMatch(actual, expected, kDualTolerance)) << "degree " << limits.sh_degree;
  const CameraGrad<double> m =
      ProjectSplatAndCameraBackward(MakePinholeCamera<double>(camera), limits, SplatOf(x), grad).camera;
  const std::vector<double> of_numbers = {m.translation.x, m.translation.y, m.translation.z, m.rotation.x,
                                          m.rotation.y,    m.rotation.z,    m.focal,         m.radial};
  EXPECT_TRUE(GradientsMatch(of_numbers, expected_camera, kDualTolerance, "the camera's"))
      << "degree " << limits.sh_degree;
}

TEST(ProjectSplatBackward, MatchesDualNumbersInEveryDegree) {
  Random random(3);
  for (int trial = 0; trial < 40; ++trial) {
    const int degree = trial % 4;
    const Camera camera = TestCamera(120, 90, 1 + trial);
    SceneOptions options;
    options.seed = trial;
    options.splats = 1;
    options.sh_degree = degree;
    options.outside = 0;
    const auto x = RandomSplats(options, camera).Flat();
    for (const Antialiasing mode : AllModes()) {
      ExpectGradientMatchesDuals(camera, x, {0.2, 100, degree, mode}, random);
    }
  }
}

TEST(ProjectSplatBackward, MatchesDualNumbersForAntialiasedSplatsBelowAPixel) {
  Random random(5);
  for (int trial = 0; trial < 40; ++trial) {
    const Camera camera = TestCamera(120, 90, 1 + trial);
    SceneOptions options;
    options.seed = trial;
    options.splats = 1;
    options.sh_degree = 0;
    options.outside = 0;
    options.sigma_px_min = 0.2;
    options.sigma_px_max = 1;
    options.opacity_min = 0.5;
    ExpectGradientMatchesDuals(camera, RandomSplats(options, camera).Flat(), {0.2, 100, 0, Antialiasing::kCompensated},
                               random);
  }
}

TEST(ProjectSplatBackward, MatchesDualNumbersWhereTangentsAreClamped) {
  Random random(4);
  const Camera camera = TestCamera(120, 90, 0);
  for (const double beyond : {-0.6, 1.6}) {
    SplatArrays s(0, 0);
    AppendPlainSplat(s, camera, {beyond * 120, 45, 3, 50, 0.6, {0.3, 0.6, 0.9}});
    AppendPlainSplat(s, camera, {60, beyond * 90, 3, 50, 0.6, {0.3, 0.6, 0.9}});
    s.quats = {0.8, 0.3, -0.4, 0.2, 0.8, 0.3, -0.4, 0.2};
    for (int i = 0; i < 2; ++i) {
      std::vector<double> x(s.means.begin() + 3 * i, s.means.begin() + 3 * i + 3);
      x.insert(x.end(), {s.log_scales[0], s.log_scales[1] - 0.3, s.log_scales[2] - 0.6, 0.8, 0.3, -0.4, 0.2});
      x.insert(x.end(), {s.opacity_logits[0], 0.1, 0.2, 0.3});
      for (const Antialiasing mode : AllModes()) {
        ExpectGradientMatchesDuals(camera, x, {0.2, 100, 0, mode}, random);
      }
    }
  }
}

// What a loss has for the conic of a splat in an image of so many px: each change counts as much as it moves the
// exponent where the splat is seen.
ShearedConic<double> ConicGradient(const ProjectedSplat<double>& p, double image_px, Random& random) {
  const double x = std::min(image_px, p.half.x), across = p.conic.yy;
  return {double(float(random.Uniform(-1, 1) / across)), double(float(random.Uniform(-1, 1) * x * std::sqrt(across))),
          double(float(random.Uniform(-1, 1) * x * x))};
}

// The largest error of an array relative to its largest number; the arrays are mean, log_scale and quat.
double WorstError(const StoredSplatGrad<float>& f, const StoredSplatGrad<double>& d) {
  const auto worst = [](const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0, error = 0;
    for (size_t k = 0; k < a.size(); ++k) {
      largest = std::max(largest, std::abs(b[k]));
      error = std::max(error, std::abs(a[k] - b[k]));
    }
    return error > 0 ? error / largest : 0;
  };
  return std::max({worst({f.mean.x, f.mean.y, f.mean.z}, {d.mean.x, d.mean.y, d.mean.z}),
                   worst({f.log_scale.x, f.log_scale.y, f.log_scale.z}, {d.log_scale.x, d.log_scale.y, d.log_scale.z}),
                   worst({f.quat.w, f.quat.x, f.quat.y, f.quat.z}, {d.quat.w, d.quat.x, d.quat.y, d.quat.z})});
}

// Axes of a hundredth of a pixel up to `longest_px`, log-uniform, near the image. All numbers are floats.
std::vector<double> RandomNeedle(const Camera& camera, double longest_px, Random& random) {
  std::vector<double> x = testing::RandomVector(14, -0.5, 0.5, random);
  const double px = 4 / camera.fx;
  x[0] *= 2 * px * camera.width;
  x[1] *= 2 * px * camera.height;
  x[2] = 4;
  for (size_t k = 3; k < 6; ++k) x[k] = std::log(0.01 * px) + std::log(100 * longest_px) * random.Uniform();
  for (size_t k = 6; k < 10; ++k) x[k] = random.Normal();
  x[10] = random.Uniform(-2, 4);
  for (double& value : x) value = double(float(value));
  return x;
}

// Every term of the gradient is a product, or a sum that cancels only where the gradient itself does, so that the error
// is some roundings of a float whatever the length. The sums cancel in few splats: of those the largest error is
// bounded, and of all others 1e-5 is kept. Through the matrices of the covariances the errors were 27 and 4,800 times
// the gradient at 10,000 px.
TEST(ProjectSplatBackward, HasTheGradientOfDoubleForTheAxesOfNeedles) {
  constexpr double kOfMost = 3e-5, kOfAll = 2e-2;
  const Camera camera = TestCamera(40, 36, 0);
  const auto double_camera = MakePinholeCamera<double>(camera);
  const auto float_camera = MakePinholeCamera<float>(camera);
  for (const Antialiasing mode : AllModes()) {
    for (const double longest_px : {100.0, 1000.0, 10000.0}) {
      const ProjectLimits limits{0.2, 1e10, 0, mode};
      Random random(3);
      std::vector<double> errors;
      for (int trial = 0; trial < 2000; ++trial) {
        const std::vector<double> x = RandomNeedle(camera, longest_px, random);
        const std::vector<float> xf(x.begin(), x.end());
        const auto p = ProjectSplat(double_camera, limits, SplatOf(x));
        if (!p.visible || !ProjectSplat(float_camera, limits, SplatOf(xf)).visible) continue;
        const ShearedConic<double> g = ConicGradient(p, camera.width, random);
        const double opacity = double(float(random.Uniform(-1, 1)));
        const ShearedConic<float> gf = {float(g.across), float(g.shear), float(g.along)};
        const auto d = ProjectSplatBackward(double_camera, limits, SplatOf(x), {{0, 0}, g, opacity, {0, 0, 0}, 0});
        const auto f =
            ProjectSplatBackward(float_camera, limits, SplatOf(xf), {{0, 0}, gf, float(opacity), {0, 0, 0}, 0});
        errors.push_back(WorstError(f.splat, d.splat));
      }
      ASSERT_GT(errors.size(), 1000u);
      std::sort(errors.begin(), errors.end());
      EXPECT_LT(errors[errors.size() * 98 / 100], kOfMost) << longest_px;
      EXPECT_LT(errors.back(), kOfAll) << longest_px;
    }
  }
}

TEST(ProjectSplatBackward, GivesDarkChannelsNoGradient) {
  const Camera camera = TestCamera(64, 48, 1);
  auto x = OrdinarySplat(camera);
  x[11] = ColorToShDc(-0.8);
  std::vector<double> dc(3), rest(45);
  ProjectSplatBackward<double>(MakePinholeCamera<double>(camera), kLimits, SplatOf(x), {{}, {}, 0, {1, 1, 1}, 0},
                               dc.data(), rest.data());
  EXPECT_EQ(dc[0], 0);
  EXPECT_NEAR(dc[1], kShC0, 1e-15);
  EXPECT_EQ(rest[0], 0);
  EXPECT_NE(rest[1], 0);
}

}  // namespace
}  // namespace splat::math
