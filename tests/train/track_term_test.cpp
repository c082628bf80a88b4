// The loss of a pose by the points that its photo sees: its gradient, what it measures, and when it is of use.
#include "train/track_term.h"
#include "tests/support/read_poses.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/parallel.h"
#include "core/random.h"
#include "core/twist.h"
#include "data/poses/pose_source.h"
#include "tests/support/gradient_check.h"
#include "tests/support/test_data.h"

namespace splat::train {
namespace {

constexpr double kWeight = 0.01;

// A camera that sees points, of which every third is said to be elsewhere than it is: by up to 3 px of 1600.
data::Dataset SetOf(size_t points) {
  data::Dataset dataset;
  data::View view;
  view.camera.width = 800;
  view.camera.height = 600;
  view.camera.fx = 700;
  view.camera.fy = 710;
  view.camera.cx = 400;
  view.camera.cy = 300;
  view.camera.camera_from_world = ExpTwist({0.1, 0.2, 4, 0.2, -0.3, 0.1});
  Random random(3);
  for (size_t i = 0; i < points; ++i) {
    const Vec3<double> x = {random.Uniform(-1, 1), random.Uniform(-1, 1), random.Uniform(-1, 1)};
    const Vec3<double> seen = view.camera.camera_from_world * x;
    const double off = i % 3 == 0 ? random.Uniform(-3, 3) / 1600 : 0;
    dataset.points.positions.push_back(x);
    view.observations.push_back({i, seen.x / seen.z + off, seen.y / seen.z - off});
  }
  dataset.views.push_back(view);
  return dataset;
}

// What a camera with a radial distortion kappa sees beside the observations, as observations of one without. The points
// are seen by this pose, with exp(focal) times the focal length.
data::Dataset SeenWithDistortion(const data::Dataset& dataset, const Rigid3& pose, double focal, double kappa) {
  data::Dataset distorted = dataset;
  for (data::Observation& observation : distorted.views[0].observations) {
    const Vec3<double> x = pose * dataset.points.positions[size_t(observation.point)];
    const double u = x.x / x.z, v = x.y / x.z, shift = std::exp(focal) * kappa * (u * u + v * v);
    observation.x -= shift * u;
    observation.y -= shift * v;
  }
  return distorted;
}

TEST(TrackTerm, ItsGradientIsThatOfItsValue) {
  const data::Dataset dataset = SetOf(40);
  const Rigid3 pose =
      Compose(ExpTwist({0.003, 0.002, -0.004, 0.001, -0.0005, 0.002}), dataset.views[0].camera.camera_from_world);
  constexpr double kFocal = 0.01;
  const auto loss = [&](const std::vector<double>& change) {
    Twist twist;
    std::copy(change.begin(), change.begin() + 6, twist.begin());
    const data::Dataset seen = SeenWithDistortion(dataset, pose, kFocal, change[7]);
    return TrackTerm(seen, kWeight).At(0, Compose(ExpTwist(twist), pose), kFocal + change[6]).value;
  };
  const std::vector<double> expected =
      splat::testing::CentralDifferences(loss, std::vector<double>(kCameraNumbers, 0), 1e-6);
  const auto gradient = TrackTerm(dataset, kWeight).At(0, pose, kFocal).gradient;
  for (size_t i = 0; i < kCameraNumbers; ++i)
    EXPECT_NEAR(gradient[i], expected[i], 1e-5 * std::abs(expected[i]) + 1e-6) << i;
}

// Where every point is seen where it is said to be, the matrix is that of all second derivatives.
TEST(TrackTerm, ItsMatrixIsHowTheGradientChanges) {
  data::Dataset dataset = SetOf(40);
  const TrackTerm term(dataset, kWeight);
  const Rigid3& pose = dataset.views[0].camera.camera_from_world;
  for (data::Observation& observation : dataset.views[0].observations) {
    const Vec3<double> seen = pose * dataset.points.positions[size_t(observation.point)];
    observation.x = seen.x / seen.z;
    observation.y = seen.y / seen.z;
  }
  const TrackLoss loss = term.At(0, pose);
  constexpr double kStep = 1e-6;
  const auto gradient_at = [&](size_t number, double step) {
    Twist twist{};
    if (number < 6) twist[number] = step;
    const data::Dataset seen = SeenWithDistortion(dataset, pose, 0, number == 7 ? step : 0);
    return TrackTerm(seen, kWeight).At(0, Compose(ExpTwist(twist), pose), number == 6 ? step : 0).gradient;
  };
  for (size_t j = 0; j < kCameraNumbers; ++j) {
    const auto above = gradient_at(j, kStep), below = gradient_at(j, -kStep);
    for (size_t i = j; i < kCameraNumbers; ++i) {
      const double size = std::sqrt(loss.matrix[i][i] * loss.matrix[j][j]);
      EXPECT_NEAR(loss.matrix[i][j], (above[i] - below[i]) / (2 * kStep), 1e-5 * size) << i << " " << j;
    }
  }
}

// Half a square below a pixel of 1600, then a line.
TEST(TrackTerm, IsHubersFunctionOfPixels) {
  data::Dataset dataset = SetOf(1);
  const TrackTerm term(dataset, kWeight);
  data::Observation& observation = dataset.views[0].observations[0];
  const Rigid3& pose = dataset.views[0].camera.camera_from_world;
  const Vec3<double> seen = pose * dataset.points.positions[0];
  const double pixel = 1 / (700 * 2.0);  // 1600 px are twice as many as the camera has
  for (const auto& [px, value] : {std::pair{0.0, 0.0}, {0.5, 0.125}, {1.0, 0.5}, {3.0, 2.5}}) {
    observation.x = seen.x / seen.z + px * pixel;
    observation.y = seen.y / seen.z;
    EXPECT_NEAR(term.At(0, pose).value, kWeight * value, 1e-9) << px;
  }
  const Rigid3 behind = Compose(Rigid3{Identity3<double>(), {0, 0, -20}}, pose);
  EXPECT_EQ(term.At(0, behind).value, 0);
}

TEST(TrackTerm, NeedsADozenObservationsOverATenthOfBothSides) {
  data::Dataset dataset = SetOf(40);
  EXPECT_TRUE(TrackTerm(dataset, kWeight).Supports(0));
  EXPECT_FALSE(TrackTerm(dataset, 0).Supports(0));
  std::vector<data::Observation>& observations = dataset.views[0].observations;
  observations.resize(12);
  EXPECT_TRUE(TrackTerm(dataset, kWeight).Supports(0));
  for (data::Observation& observation : observations) observation.y *= 0.05;
  EXPECT_FALSE(TrackTerm(dataset, kWeight).Supports(0));
  dataset = SetOf(11);
  EXPECT_FALSE(TrackTerm(dataset, kWeight).Supports(0));
}

// The pixels are those of the photos' lens, and the points in the frame of trainings.
TEST(TrackTerm, PhotosSeeTheirPointsWhereTheModelHasThem) {
  SPLAT_TEST_DATA_OR_SKIP(fox, "fox");
  data::DatasetOptions options;
  options.observations = true;
  ThreadPool executor(2);
  const data::SceneDescription scene = data::ReadPoses(fox + "/sparse/0", fox + "/images");  // as a run does
  const data::Dataset dataset = data::BuildDataset(scene, options, executor, {});
  const TrackTerm term(dataset, 1);
  for (size_t i = 0; i < dataset.views.size(); ++i) {
    const data::View& view = dataset.views[i];
    ASSERT_GT(view.observations.size(), 100u) << view.name;
    EXPECT_LT(term.At(int(i), view.camera.camera_from_world).value / double(view.observations.size()), 1) << view.name;
  }
}

}  // namespace
}  // namespace splat::train
