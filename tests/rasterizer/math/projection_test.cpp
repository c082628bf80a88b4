#include "rasterizer/math/projection.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/random.h"
#include "tests/support/gradient_check.h"
#include "tests/support/scenes.h"

namespace splat::math {
namespace {

using testing::Dual;
using testing::DualGradient;
using testing::GradientsMatch;
using testing::kDualTolerance;
using testing::RandomVector;
using testing::TestCamera;
using testing::VectorAt;

TEST(ProjectPoint, PutsTheOpticalAxisOnThePrincipalPoint) {
  const Camera camera = TestCamera(320, 200, 0);
  const auto p = MakePinholeCamera<double>(camera);
  const Vec2<double> at = ProjectPoint<double>(p, {0, 0, 7});
  EXPECT_EQ(at.x, camera.cx);
  EXPECT_EQ(at.y, camera.cy);
  const Vec2<double> off = ProjectPoint<double>(p, {1, -2, 4});
  EXPECT_NEAR(off.x, camera.cx + camera.fx / 4, 1e-12);
  EXPECT_NEAR(off.y, camera.cy - camera.fy / 2, 1e-12);
}

TEST(MakePinholeCamera, KeepsTheCentreAndThePose) {
  const Camera camera = TestCamera(320, 200, 5);
  const auto p = MakePinholeCamera<double>(camera);
  const Vec3<double> center = PointInCamera(p, p.center);
  EXPECT_NEAR(Norm(center), 0, 1e-13);
  const Vec3<double> x{0.3, -0.2, 0.5}, expected = camera.camera_from_world * x;
  EXPECT_NEAR(Norm(PointInCamera(p, x) - expected), 0, 1e-14);
}

TEST(ProjectPoint, GradientMatchesDualNumbers) {
  const auto camera = MakePinholeCamera<double>(TestCamera(320, 200, 1));
  const auto dual_camera = MakePinholeCamera<Dual>(TestCamera(320, 200, 1));
  Random random(1);
  for (int trial = 0; trial < 50; ++trial) {
    auto x = RandomVector(3, -3, 3, random);
    x[2] = random.Uniform(0.2, 8);
    const double wx = random.Normal(), wy = random.Normal();
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const Vec2<Dual> at = ProjectPoint(dual_camera, VectorAt(v, 0));
          return wx * at.x + wy * at.y;
        },
        x);
    const Vec3<double> g = ProjectPointBackward(camera, VectorAt(x, 0), {wx, wy});
    EXPECT_TRUE(GradientsMatch({g.x, g.y, g.z}, expected, kDualTolerance));
  }
}

// Inside the image the rows are the derivative of ProjectPoint(PointInCamera(.)) with respect to the world point.
TEST(ProjectionJacobian, IsTheDerivativeOfTheProjectionInsideTheImage) {
  const Camera camera = TestCamera(320, 200, 2);
  const auto p = MakePinholeCamera<double>(camera);
  const auto dual_camera = MakePinholeCamera<Dual>(camera);
  const Vec3<double> in_camera{0.2, -0.1, 3};
  const Vec3<double> world = Inverse(camera.camera_from_world) * in_camera;
  const JacobianRows<double> rows = ProjectionJacobian(p, in_camera);
  for (int axis = 0; axis < 2; ++axis) {
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const Vec2<Dual> at = ProjectPoint(dual_camera, PointInCamera(dual_camera, VectorAt(v, 0)));
          return axis == 0 ? at.x : at.y;
        },
        {world.x, world.y, world.z});
    const Vec3<double> row = axis == 0 ? rows.u : rows.v;
    EXPECT_TRUE(GradientsMatch({row.x, row.y, row.z}, expected, kDualTolerance));
  }
}

TEST(ProjectionJacobian, StopsGrowingBeyondTheMarginOfTheImage) {
  const Camera camera = TestCamera(320, 200, 0);
  const auto p = MakePinholeCamera<double>(camera);
  const double edge = (camera.width * (1 + kTangentMargin) - camera.cx) / camera.fx;
  EXPECT_NEAR(p.tan_max.x, edge, 1e-14);
  EXPECT_NEAR(p.tan_min.y, -(camera.cy + kTangentMargin * camera.height) / camera.fy, 1e-14);
  const Vec3<double> at_edge = ProjectionJacobian<double>(p, {edge * 2, 0, 2}).u;
  const Vec3<double> far_out = ProjectionJacobian<double>(p, {edge * 50, 0, 2}).u;
  EXPECT_NEAR(Norm(at_edge - far_out), 0, 1e-12);
  const Vec3<double> inside = ProjectionJacobian<double>(p, {edge * 1.9, 0, 2}).u;
  EXPECT_GT(Norm(at_edge - inside), 1);
}

// Where a tangent is clamped its own gradient is cut; the depth's part through 1 / z remains.
TEST(ProjectionJacobian, GradientMatchesDualNumbersInsideAndClamped) {
  const auto camera = MakePinholeCamera<double>(TestCamera(320, 200, 3));
  const auto dual_camera = MakePinholeCamera<Dual>(TestCamera(320, 200, 3));
  Random random(2);
  int clamped_x = 0, clamped_y = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const double z = random.Uniform(0.5, 6);
    const std::vector<double> x{random.Uniform(-1.2, 1.2) * z, random.Uniform(-1.2, 1.2) * z, z};
    const auto w = RandomVector(6, -1, 1, random);
    const JacobianRows<double> grad = {VectorAt(w, 0), VectorAt(w, 3)};
    const auto expected = DualGradient(
        [&](const std::vector<Dual>& v) {
          const auto rows = ProjectionJacobian(dual_camera, VectorAt(v, 0));
          return w[0] * rows.u.x + w[1] * rows.u.y + w[2] * rows.u.z + w[3] * rows.v.x + w[4] * rows.v.y +
                 w[5] * rows.v.z;
        },
        x);
    const auto rows = ProjectionJacobian(camera, VectorAt(x, 0));
    const auto g = ProjectionJacobianBackward(camera, VectorAt(x, 0), grad, Dot(rows.u, grad.u) + Dot(rows.v, grad.v));
    EXPECT_TRUE(GradientsMatch({g.x, g.y, g.z}, expected, kDualTolerance));
    const double u = x[0] / z, v = x[1] / z;
    if (u < camera.tan_min.x || u > camera.tan_max.x) {
      ++clamped_x;
      EXPECT_EQ(g.x, 0);
    }
    if (v < camera.tan_min.y || v > camera.tan_max.y) {
      ++clamped_y;
      EXPECT_EQ(g.y, 0);
    }
  }
  EXPECT_GT(clamped_x, 20);
  EXPECT_GT(clamped_y, 20);
}

}  // namespace
}  // namespace splat::math
