#include "data/dataset/open_sky.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/constants.h"
#include "data/photos/image_io.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::PinholeView;
using splat::testing::TempDir;

constexpr int64_t kMany = 1'000'000;
constexpr int kWidth = 64, kHeight = 48, kHorizon = 24;
constexpr uint8_t kBlue[3] = {90, 140, 210}, kLighterBlue[3] = {130, 180, 250}, kEarth[3] = {120, 90, 60};

void Paint(Image8& image, int top, int bottom, const uint8_t (&color)[3], int left = 0, int right = kWidth) {
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) std::copy(color, color + 3, image.At(x, y));
  }
}

// Sky down to the horizon, then the ground.
ViewImage Landscape() {
  ViewImage photo = {Image8(kWidth, kHeight, 3), {}};
  Paint(photo.image, 0, kHorizon, kBlue);
  Paint(photo.image, kHorizon, kHeight, kEarth);
  return photo;
}

// Looks along z, level.
Camera LevelCamera() {
  return PinholeView("", kWidth, kHeight).camera;
}

int64_t Count(const Image8& sky) {
  return std::count(sky.pixels.begin(), sky.pixels.end(), uint8_t(255));
}

TEST(SkyIn, IsAllThatIsAboveTheHorizon) {
  const Image8 sky = SkyIn(Landscape(), LevelCamera(), {});
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) ASSERT_EQ(*sky.At(x, y), y < kHorizon ? 255 : 0) << x << ' ' << y;
  }
}

TEST(SkyIn, IsNotNearPoints) {
  const Image8 sky = SkyIn(Landscape(), LevelCamera(), {{-11.5 / kWidth * 7, -13.5 / kWidth * 7, 7}, {0, 0, -1}});
  EXPECT_EQ(*sky.At(20, 10), 0);
  EXPECT_EQ(*sky.At(23, 10), 0);
  EXPECT_EQ(*sky.At(26, 10), 255);
  EXPECT_EQ(*sky.At(32, 20), 255) << "a point behind the camera";
}

TEST(SkyIn, EndsAtAnEdge) {
  ViewImage photo = Landscape();
  Paint(photo.image, kHorizon - 6, kHorizon, kLighterBlue);
  EXPECT_EQ(Count(SkyIn(photo, LevelCamera(), {})), (kHorizon - 6) * kWidth);
}

TEST(SkyIn, ReachesTheBorderAndHasItsColour) {
  ViewImage window = {Image8(kWidth, kHeight, 3), {}};
  Paint(window.image, 0, kHeight, kEarth);
  Paint(window.image, 4, 18, kBlue, 10, 40);
  EXPECT_EQ(Count(SkyIn(window, LevelCamera(), {})), 0);
  ViewImage wall = Landscape();
  for (const auto& [color, is_sky] : {std::pair<std::vector<uint8_t>, bool>({190, 170, 150}, false),
                                      {{110, 110, 112}, false},
                                      {{205, 205, 205}, true},
                                      {{40, 45, 60}, false}}) {
    const uint8_t paint[3] = {color[0], color[1], color[2]};
    Paint(wall.image, 0, kHorizon, paint);
    EXPECT_EQ(Count(SkyIn(wall, LevelCamera(), {})) > 0, is_sky) << int(color[0]);
  }
}

TEST(SkyIn, IsNotBelowTheHorizonNorWhereNothingCounts) {
  Camera camera = LevelCamera();
  const double c = std::cos(kPi / 4), s = std::sin(kPi / 4);
  camera.camera_from_world.rotation = {{{1, 0, 0}, {0, c, -s}, {0, s, c}}};  // looks down by 45 degrees
  EXPECT_EQ(Count(SkyIn(Landscape(), camera, {})), 0);
  ViewImage masked = Landscape();
  masked.weights = Image8(kWidth, kHeight, 1);
  std::fill(masked.weights.At(0, 8), masked.weights.At(0, 8) + 16 * kWidth, uint8_t(255));
  EXPECT_EQ(Count(SkyIn(masked, LevelCamera(), {})), 16 * kWidth) << "the sides are a border, too";
}

// A mask of the photo that drops a rim of so many pixels.
Image8 WithoutRim(int rim) {
  Image8 weights(kWidth, kHeight, 1);
  for (int y = rim; y < kHeight - rim; ++y) std::fill(weights.At(rim, y), weights.At(kWidth - rim, y), uint8_t(255));
  return weights;
}

TEST(SkyIn, ReachesARimThatDoesNotCount) {
  ViewImage photo = Landscape();
  photo.weights = WithoutRim(5);
  EXPECT_EQ(Count(SkyIn(photo, LevelCamera(), {})), (kHorizon - 5) * (kWidth - 10));
  photo.weights = WithoutRim(12);
  EXPECT_EQ(Count(SkyIn(photo, LevelCamera(), {})), 0) << "what is left of the photo is an object that was cut out";
  // What stands before a wall is masked, in the middle of the photo.
  ViewImage window = {Image8(kWidth, kHeight, 3), WithoutRim(0)};
  Paint(window.image, 0, kHeight, kEarth);
  Paint(window.image, 4, 18, kBlue, 10, 40);
  for (int y = 6; y < 16; ++y) std::fill(window.weights.At(20, y), window.weights.At(30, y), uint8_t(0));
  EXPECT_EQ(Count(SkyIn(window, LevelCamera(), {})), 0);
}

// Photos of one landscape from several places, with points on the ground.
Dataset Walk(const TempDir& folder, int photos, int points) {
  Dataset dataset;
  for (int i = 0; i < photos; ++i) {
    const std::string path = folder / ("photo_" + std::to_string(i) + ".png");
    WriteImage(path, Landscape().image);
    dataset.views.push_back(PinholeView(path, kWidth, kHeight));
    dataset.views.back().camera.camera_from_world.translation = {0, 0, -0.5 * i};
  }
  for (int i = 0; i < points; ++i) {
    dataset.points.positions.push_back({0.1 * (i % 20) - 1, 1, 4 + 0.1 * (i / 20)});
    dataset.points.colors.push_back({120, 90, 60});
  }
  return dataset;
}

TEST(FindSky, HasTheDirectionsAndColoursOfTheSky) {
  const TempDir folder;
  const Dataset dataset = Walk(folder, 3, 2000);
  SerialExecutor serial;
  const OpenSky sky = FindSky(dataset, 0.1, kMany, serial);
  EXPECT_NEAR(sky.share, 0.5, 1e-9);
  // The upper half of an image that is as wide as it is far away.
  const double solid_angle = double(sky.directions.size()) * sky.spacing * sky.spacing;
  EXPECT_NEAR(solid_angle, 2 * std::atan(0.5 * 0.375 / std::sqrt(0.25 + 0.375 * 0.375 + 1)), 0.05);
  for (const Vec3<double>& direction : sky.directions) {
    EXPECT_NEAR(Norm(direction), 1, 1e-12);
    EXPECT_LT(direction.y, 1.0 / kWidth);
    EXPECT_LE(std::abs(direction.x), 0.5 * direction.z + 1e-12);
  }
  for (const Vec3<uint8_t>& color : sky.colors) EXPECT_TRUE(color.x == 90 && color.y == 140 && color.z == 210);
  ThreadPool pool(3);
  const OpenSky again = FindSky(dataset, 0.1, kMany, pool);
  ASSERT_EQ(again.directions.size(), sky.directions.size());
  for (size_t i = 0; i < sky.directions.size(); ++i) EXPECT_EQ(again.directions[i].x, sky.directions[i].x);
}

// Counts what it runs: a photo each.
class CountingExecutor : public Executor {
 public:
  int Threads() const override { return 1; }
  void Run(int64_t count, const std::function<void(int64_t)>& body) override {
    ran_ += count;
    for (int64_t i = 0; i < count; ++i) body(i);
  }
  int64_t ran() const { return ran_; }

 private:
  int64_t ran_ = 0;
};

TEST(FindSky, LooksAtEachPhotoOnce) {
  const TempDir folder;
  const Dataset dataset = Walk(folder, 12, 2000);
  const auto looked_at = [&](double least_share) {
    CountingExecutor executor;
    FindSky(dataset, least_share, kMany, executor);
    return executor.ran();
  };
  EXPECT_EQ(looked_at(0), 12);
  EXPECT_EQ(looked_at(0.3), 12);
  EXPECT_EQ(looked_at(1), 12) << "half of that was seen";
  EXPECT_EQ(looked_at(1.1), 8) << "they show too little";
  SerialExecutor serial;
  EXPECT_EQ(FindSky(dataset, 0.3, kMany, serial).directions.size(),
            FindSky(dataset, 0, kMany, serial).directions.size());
}

TEST(FindSky, HasNoMoreDirectionsThanPoints) {
  const TempDir folder;
  SerialExecutor serial;
  const OpenSky sky = FindSky(Walk(folder, 3, 60), 0, kMany, serial);
  EXPECT_GE(sky.directions.size(), 40u);
  EXPECT_LE(sky.directions.size(), 60u);
}

TEST(FindSky, HasNoMoreDirectionsThanItMay) {
  const TempDir folder;
  SerialExecutor serial;
  const Dataset dataset = Walk(folder, 3, 2000);
  for (const int64_t most : {1, 2, 3, 7, 100}) {
    const OpenSky sky = FindSky(dataset, 0, most, serial);
    EXPECT_LE(int64_t(sky.directions.size()), most);
  }
  EXPECT_GE(FindSky(dataset, 0, 100, serial).directions.size(), 60u);
  for (const int64_t none : {0, -5}) {
    const OpenSky sky = FindSky(dataset, 0, none, serial);
    EXPECT_TRUE(sky.empty());
    EXPECT_NEAR(sky.share, 0.5, 1e-9);
  }
}

TEST(FindSky, FindsNoneWithoutPointsOrASecondPhotoOrEnoughOfIt) {
  const TempDir folder;
  SerialExecutor serial;
  EXPECT_TRUE(FindSky(Walk(folder, 3, 0), 0, kMany, serial).empty());
  EXPECT_TRUE(FindSky(Walk(folder, 1, 2000), 0, kMany, serial).empty());
  const OpenSky little = FindSky(Walk(folder, 3, 2000), 0.6, kMany, serial);
  EXPECT_TRUE(little.empty());
  EXPECT_NEAR(little.share, 0.5, 1e-9);
  Dataset few = Walk(folder, 3, 2000);
  few.few_points = true;
  EXPECT_TRUE(FindSky(few, 0, kMany, serial).empty());
}

TEST(FindSky, LeavesOutTransparentPixelsAndPhotosThatAreGone) {
  const TempDir folder;
  SerialExecutor serial;
  Dataset dataset = Walk(folder, 4, 2000);
  dataset.background = {0.4f, 0.6f, 0.9f};
  Image8 clear(kWidth, kHeight, 4);  // what is above the horizon is transparent
  std::fill(clear.At(0, kHorizon), clear.At(0, kHorizon) + kHorizon * kWidth * 4, uint8_t(255));
  for (const View& view : dataset.views) WriteImage(view.path, clear);
  EXPECT_EQ(FindSky(dataset, 0, kMany, serial).share, 0);
  for (size_t i = 0; i < 3; ++i) WriteImage(dataset.views[i].path, Landscape().image);
  dataset.views[3].path = folder / "none.png";
  EXPECT_NEAR(FindSky(dataset, 0, kMany, serial).share, 0.5, 1e-9);
}

}  // namespace
}  // namespace splat::data
