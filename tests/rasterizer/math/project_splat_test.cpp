#include "rasterizer/math/project_splat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/random.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::AppendPlainSplat;
using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::PlainSplat;
using testing::RandomSplats;
using testing::SceneOptions;
using testing::SplatArrays;
using testing::TestCamera;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr ProjectLimits kLimits{0.2, 100, 3};
constexpr ProjectLimits kAntialiased{0.2, 100, 3, Antialiasing::kCompensated};

std::vector<Antialiasing> AllModes() {
  std::vector<Antialiasing> modes;
  for (int number = 0; number < kAntialiasingModes; ++number) modes.push_back(Antialiasing(number));
  return modes;
}

// Splat of 11 + 3 + 3 K numbers: mean, log-scale, quaternion, logit, dc, rest.
template <typename T>
StoredSplat<T> SplatOf(const std::vector<T>& x) {
  return {{x[0], x[1], x[2]}, {x[3], x[4], x[5]}, {x[6], x[7], x[8], x[9]}, x[10], &x[11], x.data() + 14};
}

template <typename T>
std::vector<T> Converted(const std::vector<double>& x) {
  return std::vector<T>(x.begin(), x.end());
}

template <typename T>
ProjectedSplat<T> Project(const Camera& camera, const std::vector<double>& x, const ProjectLimits& limits = kLimits) {
  const std::vector<T> typed = Converted<T>(x);
  return ProjectSplat(MakePinholeCamera<T>(camera), limits, SplatOf(typed));
}

// A splat in the middle of the image, with coefficients of degree 3.
std::vector<double> OrdinarySplat(const Camera& camera) {
  SplatArrays s(0, ShRestCount(3));
  AppendPlainSplat(s, camera, {camera.width * 0.5, camera.height * 0.5, 3.0, 4.0, 0.6, {0.3, 0.6, 0.9}});
  s.log_scales[0] += 0.5;
  s.quats = {0.8, 0.3, -0.4, 0.2};
  for (size_t k = 0; k < s.sh_rest.size(); ++k) s.sh_rest[k] = 0.02 * std::sin(double(k));
  return s.Flat();
}

// A splat of the given sizes on the screen in px and angle in the image's plane.
std::vector<double> FlatSplat(const Camera& camera, double along_px, double across_px, double angle) {
  auto x = OrdinarySplat(camera);
  x[3] = std::log(along_px * 3 / camera.fx);
  x[4] = x[5] = std::log(across_px * 3 / camera.fx);
  x[6] = std::cos(angle / 2);
  x[7] = x[8] = 0;
  x[9] = std::sin(angle / 2);
  return x;
}

TEST(ProjectSplat, ShowsAnOrdinarySplat) {
  const Camera camera = TestCamera(64, 48, 1);
  const auto p = Project<double>(camera, OrdinarySplat(camera));
  ASSERT_TRUE(p.visible);
  EXPECT_NEAR(p.mean.x, 32, 1e-10);
  EXPECT_NEAR(p.mean.y, 24, 1e-10);
  EXPECT_NEAR(p.depth, 3, 1e-12);
  EXPECT_NEAR(p.opacity, 0.6, 1e-12);
}

TEST(ProjectSplat, HidesWhatIsNotBetweenNearAndFar) {
  const Camera camera = TestCamera(64, 48, 0);
  for (const double z : {-5.0, 0.0, 0.1, 0.2, 100.0, 1e6}) {
    auto x = OrdinarySplat(camera);
    x[2] = z;
    EXPECT_FALSE(Project<double>(camera, x).visible) << z;
    EXPECT_FALSE(Project<float>(camera, x).visible) << z;
  }
}

TEST(ProjectSplat, HidesAnOpacityAtTheThresholdAndShowsOneAboveIt) {
  const Camera camera = TestCamera(64, 48, 1);
  auto x = OrdinarySplat(camera);
  x[10] = Logit(kMinAlpha * (1 - 1e-5));
  EXPECT_FALSE(Project<float>(camera, x).visible);
  x[10] = Logit(kMinAlpha * (1 + 1e-5));
  EXPECT_TRUE(Project<float>(camera, x).visible);
}

TEST(ProjectSplat, HidesWhatLiesBesideTheImage) {
  const Camera camera = TestCamera(64, 48, 0);
  for (const double beside : {-3.0, 3.0}) {
    auto x = OrdinarySplat(camera);
    x[0] += beside;
    EXPECT_FALSE(Project<double>(camera, x).visible);
    x = OrdinarySplat(camera);
    x[1] += beside;
    EXPECT_FALSE(Project<double>(camera, x).visible);
  }
}

TEST(ProjectSplat, NeverShowsASplatWithAnEntryThatIsNotFinite) {
  for (const uint64_t pose : {0, 1}) {
    const Camera camera = TestCamera(64, 48, pose);
    const auto x = OrdinarySplat(camera);
    ASSERT_TRUE(Project<float>(camera, x).visible);
    ASSERT_TRUE(Project<float>(camera, x, kAntialiased).visible);
    for (size_t i = 0; i < x.size(); ++i) {
      for (const double bad : {kNan, kInf, -kInf}) {
        auto broken = x;
        broken[i] = bad;
        EXPECT_FALSE(Project<float>(camera, broken).visible) << "entry " << i << " is " << bad;
        EXPECT_FALSE(Project<double>(camera, broken).visible) << "entry " << i << " is " << bad;
        EXPECT_FALSE(Project<float>(camera, broken, kAntialiased).visible) << "entry " << i << " is " << bad;
      }
    }
  }
}

TEST(ProjectSplat, DoesNotReadCoefficientsBeyondTheActiveDegree) {
  const Camera camera = TestCamera(64, 48, 1);
  for (int degree = 0; degree < 3; ++degree) {
    auto x = OrdinarySplat(camera);
    for (size_t k = 14 + 3 * size_t(ShRestCount(degree)); k < x.size(); ++k) x[k] = kNan;
    EXPECT_TRUE(Project<double>(camera, x, {0.2, 100, degree}).visible);
  }
}

TEST(ProjectSplat, HidesZeroQuaternionsAndAbsurdSizes) {
  const Camera camera = TestCamera(64, 48, 1);
  auto x = OrdinarySplat(camera);
  for (int k = 6; k < 10; ++k) x[k] = 0;
  EXPECT_FALSE(Project<float>(camera, x).visible);
  x = OrdinarySplat(camera);
  x[3] = x[4] = x[5] = 40;
  EXPECT_FALSE(Project<float>(camera, x).visible);
  x[3] = x[4] = x[5] = 1000;
  EXPECT_FALSE(Project<float>(camera, x).visible);
  x[3] = x[4] = x[5] = -1000;
  EXPECT_TRUE(Project<float>(camera, x).visible) << "a point: the low-pass keeps it a pixel wide";
}

// Where everything is finite a visible splat has finite results that later stages rely on.
TEST(ProjectSplat, GivesFinitePositiveDefiniteResultsForWildFiniteInput) {
  Random random(7);
  const Camera camera = TestCamera(64, 48, 1);
  const auto ordinary = OrdinarySplat(camera);
  int visible = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    auto x = ordinary;
    for (int k = 0; k < 3; ++k) {
      x[k] += random.Normal() * std::pow(10.0, random.Uniform(-3, 6));
      x[3 + k] = random.Uniform(-30, 20);
    }
    for (int k = 6; k < 10; ++k) x[k] = random.Normal() * std::pow(10.0, random.Uniform(-10, 10));
    x[10] = random.Uniform(-10, 200);
    const auto p = Project<float>(camera, x, {0.2, 1e10, 3, CompensatedIf(trial % 2 == 0)});
    if (!p.visible) continue;
    ++visible;
    for (const float value : {p.mean.x, p.mean.y, p.conic.xx, p.conic.xy, p.conic.yy, p.half.x, p.half.y, p.opacity,
                              p.color.x, p.color.y, p.color.z, p.depth}) {
      ASSERT_TRUE(std::isfinite(value)) << "trial " << trial;
    }
    ASSERT_GT(p.conic.xx, 0);
    ASSERT_GT(p.conic.yy, 0);
    ASSERT_GT(p.half.x, 0);
    ASSERT_GT(p.half.y, 0);
  }
  EXPECT_GT(visible, 1000);
}

// The determinant of a long needle's 2D covariance cancels in float (terms of length^4 px^4 against length^2): it must
// come from a sum without cancellation, or the needle's width is noise.
TEST(ProjectSplat, KeepsTheWidthOfNeedlesInFloat) {
  constexpr double kTolerance = 2e-3;  // of det; float rounding alone gives 1e-5
  const Camera camera = TestCamera(640, 480, 0);
  for (const double length_px : {30.0, 300.0, 3000.0, 30000.0}) {
    for (double angle = 0.1; angle < 3; angle += 0.4) {
      const auto x = FlatSplat(camera, length_px, 0.1, angle);
      const auto f = Project<float>(camera, x);
      const auto d = Project<double>(camera, x);
      ASSERT_TRUE(d.visible);
      ASSERT_TRUE(f.visible) << length_px << " px at " << angle;
      EXPECT_NEAR(f.conic.xx / d.conic.xx, 1, kTolerance) << length_px << " px at " << angle;
      EXPECT_NEAR(f.conic.xy / d.conic.xy, 1, kTolerance) << length_px << " px at " << angle;
      EXPECT_NEAR(f.conic.yy / d.conic.yy, 1, kTolerance) << length_px << " px at " << angle;
    }
  }
}

// Opacity and extent change, and nothing else.
TEST(ProjectSplat, CompensatesTheOpacityOfAnAntialiasedSplatAndCutsItsExtentAccordingly) {
  const Camera camera = TestCamera(640, 480, 1);
  for (const double size_px : {0.2, 0.5, 2.0, 30.0}) {
    auto x = OrdinarySplat(camera);
    for (int k = 3; k < 6; ++k) x[k] = std::log((size_px + 0.1 * k) * 3 / camera.fx);
    const auto plain = Project<double>(camera, x), p = Project<double>(camera, x, kAntialiased);
    ASSERT_TRUE(p.visible);
    const SymMat2<double> cov = Conic(plain.conic, Determinant(plain.conic));
    const double sharp_det = (cov.xx - kLowPassVariancePx2) * (cov.yy - kLowPassVariancePx2) - cov.xy * cov.xy;
    const double opacity = 0.6 * std::sqrt(sharp_det / Determinant(cov));
    EXPECT_NEAR(p.opacity, opacity, 1e-12);
    EXPECT_NEAR(p.half.x, std::sqrt(2 * std::log(255 * opacity) * cov.xx), 1e-3 * p.half.x);
    EXPECT_NEAR(p.half.y, std::sqrt(2 * std::log(255 * opacity) * cov.yy), 1e-3 * p.half.y);
    EXPECT_LT(p.half.x, plain.half.x);
    EXPECT_EQ(p.conic.xx, plain.conic.xx);
    EXPECT_EQ(p.conic.xy, plain.conic.xy);
    EXPECT_EQ(p.conic.yy, plain.conic.yy);
    EXPECT_EQ(p.mean.x, plain.mean.x);
    EXPECT_EQ(p.color.y, plain.color.y);
  }
}

TEST(ProjectSplat, HidesAnAntialiasedSplatWhoseCompensatedOpacityIsAtTheThreshold) {
  Camera camera = TestCamera(640, 480, 0);
  camera.fy = camera.fx;
  auto x = FlatSplat(camera, 0.5, 0.5, 0);
  const double compensation = 0.25 / (0.25 + kLowPassVariancePx2);  // round, and near the axis
  x[10] = Logit(kMinAlpha / compensation * 0.99);
  EXPECT_TRUE(Project<float>(camera, x).visible);
  EXPECT_FALSE(Project<float>(camera, x, kAntialiased).visible);
  x[10] = Logit(kMinAlpha / compensation * 1.01);
  EXPECT_TRUE(Project<float>(camera, x, kAntialiased).visible);
  x[3] = x[4] = x[5] = -1000;
  EXPECT_FALSE(Project<float>(camera, x, kAntialiased).visible) << "a point has no light to spread";
}

// Computed as a difference, the determinant before the low-pass would be noise for a needle, and the whole opacity with
// it.
TEST(ProjectSplat, KeepsTheCompensationOfNeedlesAndSpecksInFloat) {
  constexpr double kTolerance = 1e-5;  // of the opacity; measured: 7e-7
  const Camera camera = TestCamera(640, 480, 0);
  for (const double along_px : {0.05, 0.3, 30.0, 3000.0}) {
    for (double angle = 0.1; angle < 3; angle += 0.4) {
      const auto x = FlatSplat(camera, along_px, 0.1, angle);
      const auto d = Project<double>(camera, x, kAntialiased);
      const auto f = Project<float>(camera, x, kAntialiased);
      ASSERT_TRUE(d.visible);
      ASSERT_TRUE(f.visible) << along_px << " px at " << angle;
      EXPECT_NEAR(f.opacity / d.opacity, 1, kTolerance) << along_px << " px at " << angle;
    }
  }
}

// The camera after a motion [6], of which only the derivatives are other than 0: in the first order the rotation W goes
// to W + w x W.
PinholeCamera<Dual> MovedCamera(const Camera& camera, const std::vector<Dual>& motion) {
  PinholeCamera<Dual> moved = MakePinholeCamera<Dual>(camera);
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

// The whole chain, of the splat's numbers and of the camera's motion: a random linear functional of everything that is
// projected.
void ExpectGradientMatchesDuals(const Camera& camera, const std::vector<double>& x, const ProjectLimits& limits,
                                Random& random) {
  const auto w = testing::RandomVector(10, -1, 1, random);
  const auto loss = [&](const PinholeCamera<Dual>& dual_camera, const std::vector<Dual>& v) {
    const auto p = ProjectSplat(dual_camera, limits, SplatOf(v));
    EXPECT_TRUE(p.visible);
    const Dual shear = p.conic.xy / p.conic.yy, along = p.conic.xx - shear * p.conic.xy;
    return w[0] * p.mean.x + w[1] * p.mean.y + w[2] * p.conic.yy + w[3] * shear + w[4] * along + w[5] * p.opacity +
           w[6] * p.color.x + w[7] * p.color.y + w[8] * p.color.z + w[9] * p.depth;
  };
  const auto of_splat = [&](const std::vector<Dual>& v) { return loss(MakePinholeCamera<Dual>(camera), v); };
  const std::vector<Dual> still(x.begin(), x.end());
  const auto of_motion = [&](const std::vector<Dual>& motion) { return loss(MovedCamera(camera, motion), still); };
  const auto expected = DualGradient(of_splat, x), expected_motion = DualGradient(of_motion, std::vector<double>(6));
  std::vector<double> actual(x.size(), 0);
  const ProjectedSplatGrad<double> grad{{w[0], w[1]}, {w[2], w[3], w[4]}, w[5], {w[6], w[7], w[8]}, w[9]};
  const auto g = ProjectSplatBackward(MakePinholeCamera<double>(camera), limits, SplatOf(x), grad, &actual[11],
                                      actual.data() + 14);
  const double geometry[11] = {g.mean.x, g.mean.y, g.mean.z, g.log_scale.x, g.log_scale.y,  g.log_scale.z,
                               g.quat.w, g.quat.x, g.quat.y, g.quat.z,      g.opacity_logit};
  std::copy(geometry, geometry + 11, actual.begin());
  EXPECT_TRUE(GradientsMatch(actual, expected, kDualTolerance)) << "degree " << limits.sh_degree;
  const CameraMotionGrad<double> m =
      ProjectSplatAndCameraBackward(MakePinholeCamera<double>(camera), limits, SplatOf(x), grad).camera;
  const std::vector<double> motion = {m.translation.x, m.translation.y, m.translation.z,
                                      m.rotation.x,    m.rotation.y,    m.rotation.z};
  EXPECT_TRUE(GradientsMatch(motion, expected_motion, kDualTolerance, "motion of the camera"))
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
