#include "capture/shapes.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/quaternion.h"
#include "core/random.h"

namespace splat::capture {
namespace {

constexpr double kExact = 1e-12;   // closed forms in double
constexpr double kMarched = 2e-6;  // m; the torus is approached to 1e-7 m, at a slant further along the ray
constexpr double kMissed = 100;    // t_max of the rays here

std::vector<Solid> AllShapes() {
  const Rigid3 pose = {RotationMatrix(Quaternion<double>{0.8, 0.1, -0.3, 0.4}), {0.3, -0.2, 0.5}};
  return {{Shape::kSphere, {0.7, 0, 0}, pose},
          {Shape::kBox, {0.5, 0.3, 0.8}, pose},
          {Shape::kRoom, {4, 5, 3}, pose},
          {Shape::kCylinder, {0.4, 0, 0.6}, pose},
          {Shape::kTorus, {0.6, 0.2, 0}, pose}};
}

TEST(Shapes, RaysMeetSolidsWhereGeometrySays) {
  const Rigid3 here;
  const Ray along_x = {{-3, 0, 0}, {1, 0, 0}}, down = {{0.2, 0, 5}, {0, 0, -2}};
  EXPECT_NEAR(Intersect({Shape::kSphere, {0.5, 0, 0}, here}, along_x, kMissed), 2.5, kExact);
  EXPECT_NEAR(Intersect({Shape::kBox, {0.25, 1, 1}, here}, along_x, kMissed), 2.75, kExact);
  EXPECT_NEAR(Intersect({Shape::kRoom, {4, 4, 4}, here}, along_x, kMissed), 7, kExact);
  EXPECT_NEAR(Intersect({Shape::kCylinder, {0.5, 0, 1}, here}, along_x, kMissed), 2.5, kExact);
  EXPECT_NEAR(Intersect({Shape::kTorus, {0.5, 0.1, 0}, here}, along_x, kMissed), 2.4, kMarched);
  EXPECT_NEAR(Intersect({Shape::kCylinder, {0.5, 0, 1}, here}, down, kMissed), 2, kExact) << "the upper disc";
  EXPECT_EQ(Intersect({Shape::kTorus, {0.5, 0.1, 0}, here}, down, kMissed), kMissed) << "through the hole";
  EXPECT_EQ(Intersect({Shape::kSphere, {0.5, 0, 0}, here}, {{-3, 0, 0}, {-1, 0, 0}}, kMissed), kMissed) << "behind";
  EXPECT_EQ(Intersect({Shape::kSphere, {0.5, 0, 0}, here}, along_x, 2.0), 2.0) << "beyond t_max";
}

TEST(Shapes, HitsLieOnTheSurfaceAndFaceTheRay) {
  Random random(3);
  for (const Solid& solid : AllShapes()) {
    int hits = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto any = [&](double size) {
        const double x = random.Uniform(-size, size), y = random.Uniform(-size, size);
        return Vec3<double>{x, y, random.Uniform(-size, size)};
      };
      const bool inside = solid.shape == Shape::kRoom;
      const Vec3<double> centre = Inverse(solid.local_from_world).translation;
      const Vec3<double> origin = inside ? centre + any(1.5) : centre + 3.0 * Normalized(any(1));
      const Ray ray = {origin, centre + any(0.8) - origin};
      const double t = Intersect(solid, ray, kMissed);
      if (t == kMissed) continue;
      ++hits;
      const Vec3<double> x_in_local = solid.local_from_world * (ray.origin + t * ray.direction);
      const SurfaceUv uv = UvAt(solid, x_in_local);
      ASSERT_TRUE(uv.face >= 0 && uv.face < FaceCount(solid.shape));
      ASSERT_TRUE(uv.u > -kMarched && uv.u < 1 + kMarched && uv.v > -kMarched && uv.v < 1 + kMarched);
      const SurfacePoint point = PointAt(solid, uv);
      ASSERT_LT(Norm(point.x_in_local - x_in_local), kMarched) << "shape " << int(solid.shape);
      ASSERT_LT(Dot(point.normal_in_local, solid.local_from_world.rotation * ray.direction), kMarched);
      ASSERT_LE(Norm(x_in_local), BoundingRadius(solid) + kMarched);
    }
    EXPECT_GT(hits, 200) << "shape " << int(solid.shape);
  }
}

TEST(Shapes, ChartsMeasureMetres) {
  constexpr double kStep = 1e-6;
  for (const Solid& solid : AllShapes()) {
    for (int face = 0; face < FaceCount(solid.shape); ++face) {
      // v = 1/2 is where spheres and tori are widest.
      const Vec3<double> at = PointAt(solid, {face, 0.3, 0.5}).x_in_local;
      const double along_u = Norm(PointAt(solid, {face, 0.3 + kStep, 0.5}).x_in_local - at) / kStep;
      const double along_v = Norm(PointAt(solid, {face, 0.3, 0.5 + kStep}).x_in_local - at) / kStep;
      constexpr double kDifference = 1e-4;  // relative, of the finite difference
      EXPECT_NEAR(along_u / FaceSize(solid, face).x, 1, kDifference);
      EXPECT_NEAR(along_v / FaceSize(solid, face).y, 1, kDifference);
    }
  }
}

TEST(Shapes, UGoesToTheRightForTheViewer) {
  for (const Shape shape : {Shape::kBox, Shape::kRoom}) {
    const Solid solid = {shape, {1, 2, 3}, {}};
    for (int face = 0; face < 6; ++face) {
      const SurfacePoint middle = PointAt(solid, {face, 0.5, 0.5});
      const Vec3<double> right = PointAt(solid, {face, 0.6, 0.5}).x_in_local - middle.x_in_local;
      const Vec3<double> up = PointAt(solid, {face, 0.5, 0.6}).x_in_local - middle.x_in_local;
      EXPECT_GT(Dot(Cross(right, up), middle.normal_in_local), 0) << "face " << face;
    }
  }
}

}  // namespace
}  // namespace splat::capture
