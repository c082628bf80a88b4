// Points on one plane; tests/data/dataset/dataset_test.cpp has those in few places and on a line.
#include "data/dataset/few_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/constants.h"
#include "core/random.h"
#include "data/dataset/scene_alignment.h"

namespace splat::data {
namespace {

using ::testing::HasSubstr;

// Points on the plane z = `height` that are off it by up to `noise`.
std::vector<Vec3<double>> Plane(double height, double noise = 0) {
  Random random(1);
  std::vector<Vec3<double>> points;
  for (int i = 0; i < 500; ++i) {
    const double x = random.Uniform(-3, 3), y = random.Uniform(-3, 3);
    points.push_back({x, y, height + random.Uniform(-noise, noise)});
  }
  return points;
}

// A camera at `center` that looks along `forward`, which is not along z.
Rigid3 CameraAt(const Vec3<double>& center, const Vec3<double>& forward) {
  const Vec3<double> z = Normalized(forward), x = Normalized(Cross(z, {0, 0, 1})), y = Cross(z, x);
  const Mat3<double> rotation = {{{x.x, x.y, x.z}, {y.x, y.y, y.z}, {z.x, z.y, z.z}}};
  return {rotation, -(rotation * center)};
}

// An orbit at kAlignedDistance around the origin, at half a right angle above it.
std::vector<Rigid3> Orbit() {
  std::vector<Rigid3> cameras;
  for (int i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * i / 8, c = kAlignedDistance * std::sqrt(0.5);
    const Vec3<double> center = {c * std::cos(angle), c * std::sin(angle), c};
    cameras.push_back(CameraAt(center, -center));
  }
  return cameras;
}

TEST(FewPoints, APlaneThatTheCamerasLookAtIsTheScene) {
  EXPECT_EQ(WhyFewPoints(Plane(0), Orbit()), "");
  EXPECT_EQ(WhyFewPoints(Plane(0.3), Orbit()), "");
}

TEST(FewPoints, APlaneBesideWhatTheCamerasLookAtSaysLittle) {
  EXPECT_THAT(WhyFewPoints(Plane(-1), Orbit()), HasSubstr("on one plane"));
  EXPECT_THAT(WhyFewPoints(Plane(1), Orbit()), HasSubstr("on one plane"));
  std::vector<Vec3<double>> upright = Plane(0);  // cameras stand on both sides
  for (Vec3<double>& point : upright) point = {point.z, point.x, point.y};
  EXPECT_THAT(WhyFewPoints(upright, Orbit()), HasSubstr("on one plane"));
}

TEST(FewPoints, AThicknessThatWasMeasuredIsAShape) {
  EXPECT_EQ(WhyFewPoints(Plane(-1, 2e-3), Orbit()), "");
  EXPECT_THAT(WhyFewPoints(Plane(-1, 1e-4), Orbit()), HasSubstr("on one plane"));
}

// One stray point far out does not make a plane of the others.
TEST(FewPoints, AFarPointDoesNotCount) {
  for (const double far : {1e5, 1e8, 1e30}) {
    std::vector<Vec3<double>> points = Plane(-1, 1);
    points[7] = {far, far, far};
    EXPECT_EQ(WhyFewPoints(points, Orbit()), "") << far;
    points = Plane(-1);
    points[7] = {far, far, far};
    EXPECT_THAT(WhyFewPoints(points, Orbit()), HasSubstr("on one plane")) << far;
  }
}

// Photos straight down from the air: their axes meet nowhere.
TEST(FewPoints, AFlatGroundFromTheAirIsTheScene) {
  std::vector<Rigid3> cameras;
  for (int i = 0; i < 12; ++i) {
    const double x = 2 * (i % 4), y = 2 * double(i / 4);
    cameras.push_back({{{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}}, {-x, y, 5}});
  }
  EXPECT_EQ(WhyFewPoints(Plane(0), cameras), "");
}

}  // namespace
}  // namespace splat::data
