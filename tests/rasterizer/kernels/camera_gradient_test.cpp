// The gradient of the loss with respect to a motion of the camera, its focal length and its distortion: against central
// differences of the whole render in double, float against double, its parts alone, and its independence of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "rasterizer/math/projection.h"
#include "tests/support/backends.h"
#include "tests/support/gradient_check.h"
#include "tests/support/smooth_scene.h"

namespace splat::kernels {
namespace {

using testing::AppendPlainSplat;
using testing::Backend;
using testing::CentralDifferences;
using testing::Evaluate;
using testing::GradientsMatch;
using testing::PixelArrays;
using testing::ProjectedArrays;
using testing::RandomFunctional;
using testing::RandomInput;
using testing::Rendered;
using testing::RenderInput;
using testing::SmoothScene;
using testing::TestCamera;

class CameraGradientTest : public testing::BackendTest {};
SPLAT_INSTANTIATE_ON_BACKENDS(CameraGradientTest);

// exp of a motion that has only one number other than 0, which is all that differences need.
Rigid3 MotionAlong(int number, double size) {
  Rigid3 motion;
  if (number < 3) {
    (number == 0 ? motion.translation.x : number == 1 ? motion.translation.y : motion.translation.z) = size;
    return motion;
  }
  const int i = (number + 1) % 3, j = (number + 2) % 3;
  motion.rotation.m[i][i] = motion.rotation.m[j][j] = std::cos(size);
  motion.rotation.m[i][j] = -std::sin(size);
  motion.rotation.m[j][i] = std::sin(size);
  return motion;
}

std::vector<double> GradientOf(const Backend& backend, const RenderInput& scene, const PixelArrays& functional) {
  const Rendered forward = backend.Render(scene);
  return backend.CameraGradient(scene, forward, backend.BlendBackward(scene, forward, functional));
}

// The numbers that a pinhole camera has: a render shows how the loss changes with them.
constexpr int kPinholeNumbers = kCameraMotionSize + 1;

// The camera after a change of one of them.
Camera ChangedCamera(const Camera& camera, int number, double size) {
  Camera changed = camera;
  if (number < kCameraMotionSize) {
    changed.camera_from_world = Compose(MotionAlong(number, size), camera.camera_from_world);
  } else {
    changed.fx *= std::exp(size);
    changed.fy *= std::exp(size);
  }
  return changed;
}

// What was projected, as an image with a radial distortion shows it: means and covariances, without those of the
// low-pass, are moved by the distortion and its derivative at the mean.
ProjectedArrays Distorted(const Camera& camera, const ProjectedArrays& projected, double kappa) {
  const math::PinholeCamera<double> c = math::MakePinholeCamera<double>(camera);
  ProjectedArrays bent = projected;
  for (size_t i = 0; i < projected.opacities.size(); ++i) {
    const double u = math::ClampTangent((projected.means_px[2 * i] - c.cx) / c.fx, c.tan_min.x, c.tan_max.x);
    const double v = math::ClampTangent((projected.means_px[2 * i + 1] - c.cy) / c.fy, c.tan_min.y, c.tan_max.y);
    const double r2 = u * u + v * v;
    bent.means_px[2 * i] += kappa * c.fx * r2 * u;
    bent.means_px[2 * i + 1] += kappa * c.fy * r2 * v;
    const double a00 = 1 + kappa * (r2 + 2 * u * u), a01 = kappa * 2 * u * v * c.fx / c.fy;
    const double a10 = kappa * 2 * u * v * c.fy / c.fx, a11 = 1 + kappa * (r2 + 2 * v * v);
    double* conic = &bent.conics[3 * i];
    const double det = conic[0] * conic[2] - conic[1] * conic[1];
    if (!(det > 0)) continue;  // not visible
    const double xx = conic[2] / det - math::kLowPassVariancePx2, xy = -conic[1] / det,
                 yy = conic[0] / det - math::kLowPassVariancePx2;
    const double new_xx = a00 * a00 * xx + 2 * a00 * a01 * xy + a01 * a01 * yy + math::kLowPassVariancePx2;
    const double new_xy = a00 * a10 * xx + (a00 * a11 + a01 * a10) * xy + a01 * a11 * yy;
    const double new_yy = a10 * a10 * xx + 2 * a10 * a11 * xy + a11 * a11 * yy + math::kLowPassVariancePx2;
    const double new_det = new_xx * new_yy - new_xy * new_xy;
    conic[0] = new_yy / new_det;
    conic[1] = -new_xy / new_det;
    conic[2] = new_xx / new_det;
    bent.half_extents_px[2 * i] *= std::sqrt(new_xx / (xx + math::kLowPassVariancePx2));
    bent.half_extents_px[2 * i + 1] *= std::sqrt(new_yy / (yy + math::kLowPassVariancePx2));
  }
  return bent;
}

// By central differences of the whole render; without the distortion's number where opacities are compensated, which
// the projected splats do not tell.
std::vector<double> ExpectedGradient(const RenderInput& scene, const PixelArrays& functional) {
  constexpr double kStep = 2e-6;
  const auto backend = testing::CpuDoubleBackend(1);
  std::vector<double> gradient;
  for (int number = 0; number < kPinholeNumbers; ++number) {
    const auto loss = [&](const std::vector<double>& size) {
      RenderInput moved = scene;
      moved.camera = ChangedCamera(scene.camera, number, size[0]);
      return Evaluate(functional, backend->Render(moved).pixels);
    };
    gradient.push_back(CentralDifferences(loss, {0.0}, kStep)[0]);
  }
  if (scene.options.antialiasing != Antialiasing::kNone) return gradient;
  const Rendered forward = backend->Render(scene);
  const auto loss = [&](const std::vector<double>& kappa) {
    return Evaluate(functional,
                    backend->Blend(scene, Distorted(scene.camera, forward.projected, kappa[0]), forward.lists));
  };
  gradient.push_back(CentralDifferences(loss, {0.0}, kStep)[0]);
  return gradient;
}

// The translation is compared by itself, because it has a unit. Rotation, focal length and distortion move pixels
// alike, by shares of the focal length; the last two may be small, being sums of what moves outwards and inwards.
// `expected` may lack the last ones.
void ExpectMatch(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), size_t(kCameraNumbers));
  const auto part = [&](const std::vector<double>& v, size_t first, size_t end) {
    return std::vector<double>(v.begin() + long(first), v.begin() + long(end));
  };
  const size_t end = expected.size();
  EXPECT_TRUE(GradientsMatch(part(actual, 0, 3), part(expected, 0, 3), tolerance, "translation"));
  EXPECT_TRUE(GradientsMatch(part(actual, 3, end), part(expected, 3, end), tolerance, "the other numbers"));
}

constexpr double kTolerance = 1e-6;  // of the largest number; a step's rounding is 1e-9 of a loss of order 10

TEST(CameraGradient, MatchesCentralDifferences) {
  const auto backend = testing::CpuDoubleBackend(1);
  for (const bool antialiased : {false, true}) {
    for (int degree = 0; degree <= 3; ++degree) {
      for (const uint64_t seed : {1, 2001}) {
        SCOPED_TRACE(::testing::Message()
                     << "degree " << degree << ", from seed " << seed << (antialiased ? ", antialiased" : ""));
        const RenderInput scene = SmoothScene({27, 21, 9, degree, antialiased}, seed + 100 * uint64_t(degree));
        const PixelArrays functional = RandomFunctional(scene, 77);
        ExpectMatch(GradientOf(*backend, scene, functional), ExpectedGradient(scene, functional), kTolerance);
      }
    }
  }
}

// One splat on the optical axis: its mean stays when the camera rolls, so that only its covariance turns.
RenderInput SplatOnTheAxis(double longer) {
  RenderInput scene;
  scene.camera = TestCamera(20, 20, 0);
  scene.options.sh_degree = 0;
  AppendPlainSplat(scene.splats, scene.camera, {scene.camera.cx, scene.camera.cy, 3, 6, 0.8});
  scene.splats.log_scales[0] += std::log(longer);
  scene.splats.quats = {std::cos(0.25), 0, 0, std::sin(0.25)};
  return scene;
}

TEST_P(CameraGradientTest, TurnsTheCovarianceOfASplatOnTheAxis) {
  const double tolerance = backend().Epsilon() > 1e-10 ? 1e-4 : kTolerance;
  const RenderInput needle = SplatOnTheAxis(2), ball = SplatOnTheAxis(1);
  const PixelArrays functional = RandomFunctional(needle, 78);
  const std::vector<double> expected = ExpectedGradient(needle, functional),
                            actual = GradientOf(backend(), needle, functional);
  EXPECT_GT(std::abs(expected[5]), 0.1);
  EXPECT_NEAR(actual[5], expected[5], tolerance * std::abs(expected[5]));
  ExpectMatch(actual, expected, tolerance);
  EXPECT_EQ(GradientOf(backend(), ball, functional)[5], 0) << "the roll of a round splat";
}

TEST_P(CameraGradientTest, AgreesWithTheDoubleOracle) {
  // As in render_grad_test.cpp: float decides some pixels at thresholds the other way.
  const double tolerance = backend().Epsilon() > 1e-10 ? 2e-4 : 1e-9;
  const auto oracle = testing::CpuDoubleBackend(1);
  for (const bool antialiased : {false, true}) {
    for (int degree = 0; degree <= 3; ++degree) {
      SCOPED_TRACE(::testing::Message() << "degree " << degree << (antialiased ? ", antialiased" : ""));
      const RenderInput scene = RandomInput({67, 49, 400, degree, antialiased}, 6 + uint64_t(degree), 20);
      const PixelArrays functional = RandomFunctional(scene, 80);
      ExpectMatch(GradientOf(backend(), scene, functional), GradientOf(*oracle, scene, functional), tolerance);
    }
  }
}

TEST_P(CameraGradientTest, IsZeroWithoutVisibleSplats) {
  const std::vector<double> zeros(kCameraNumbers, 0);
  RenderInput scene = RandomInput({33, 31, 200, 1}, 8);
  const PixelArrays functional = RandomFunctional(scene, 82);
  std::fill(scene.splats.opacity_logits.begin(), scene.splats.opacity_logits.end(), -20);
  EXPECT_EQ(GradientOf(backend(), scene, functional), zeros);
  scene.splats = testing::SplatArrays(0, 3);
  EXPECT_EQ(GradientOf(backend(), scene, functional), zeros);
}

TEST_P(CameraGradientTest, LeavesOutSplatsWhosePartIsNotFinite) {
  const RenderInput scene = RandomInput({33, 31, 200, 1}, 8);
  const Rendered forward = backend().Render(scene);
  const std::vector<double> slots = backend().BlendBackward(scene, forward, RandomFunctional(scene, 83));
  std::vector<double> broken = slots, without = slots;
  const double bad[] = {std::nan(""), HUGE_VAL, -HUGE_VAL};
  // These are the numbers of a slot that every splat's part is made of; dark colours and the opacity have no share in
  // it.
  const int entries[] = {kSlotDepth,       kSlotMoments + 1, kSlotMoments + 2,
                         kSlotMoments + 3, kSlotMoments + 4, kSlotMoments + 5};
  int broken_splats = 0;
  for (int64_t i = 0; i < scene.splats.count; i += 7) {
    const int64_t begin = forward.lists.slot_begin[size_t(i)], end = forward.lists.slot_begin[size_t(i) + 1];
    if (begin == end) continue;
    broken[size_t(begin * kSlotSize + entries[i % 6])] = bad[broken_splats++ % 3];
    std::fill(without.begin() + begin * kSlotSize, without.begin() + end * kSlotSize, 0);
  }
  ASSERT_GT(broken_splats, 10);
  const std::vector<double> expected = backend().CameraGradient(scene, forward, without);
  EXPECT_NE(expected, backend().CameraGradient(scene, forward, slots));
  EXPECT_EQ(expected, backend().CameraGradient(scene, forward, broken));
}

TEST(CameraGradientThreads, AreBitEqualForAnyNumber) {
  const RenderInput scene = RandomInput({300, 211, 6000, 1}, 10);
  const PixelArrays functional = RandomFunctional(scene, 85);
  std::vector<std::function<std::shared_ptr<const Backend>(int)>> makers = {testing::CpuDoubleBackend};
  for (const InstructionSet set : UsableInstructionSets()) {
    makers.push_back([set](int threads) { return testing::CpuFloatBackend(threads, set); });
  }
  for (const auto& make : makers) {
    const std::vector<double> expected = GradientOf(*make(1), scene, functional);
    for (const int threads : {2, 3, 8}) {
      const auto many = make(threads);
      EXPECT_EQ(GradientOf(*many, scene, functional), expected) << many->Name();
    }
  }
}

// In whichever order the threads of a GPU run, it gives equal bits.
TEST(CameraGradientThreads, OfTheEmulatedGpuAreBitEqualInAnyOrder) {
  const RenderInput scene = RandomInput({67, 49, 500, 3}, 11, 20);
  const PixelArrays functional = RandomFunctional(scene, 86);
  const std::vector<double> expected = GradientOf(*testing::EmulatedBackend(0), scene, functional);
  for (const uint64_t seed : {1, 2}) {
    EXPECT_EQ(GradientOf(*testing::EmulatedBackend(seed), scene, functional), expected) << seed;
  }
}

}  // namespace
}  // namespace splat::kernels
