#include "rasterizer/math/project_splat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/random.h"
#include "tests/support/scenes.h"
#include "tests/support/stored_splats.h"

namespace splat::math {
namespace {

using testing::kLimits;
using testing::OrdinarySplat;
using testing::PlainSplat;
using testing::SplatOf;
using testing::TestCamera;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr ProjectLimits kAntialiased{0.2, 100, 3, Antialiasing::kCompensated};

template <typename T>
std::vector<T> Converted(const std::vector<double>& x) {
  return std::vector<T>(x.begin(), x.end());
}

template <typename T>
ProjectedSplat<T> Project(const Camera& camera, const std::vector<double>& x, const ProjectLimits& limits = kLimits) {
  const std::vector<T> typed = Converted<T>(x);
  return ProjectSplat(MakePinholeCamera<T>(camera), limits, SplatOf(typed));
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

}  // namespace
}  // namespace splat::math
