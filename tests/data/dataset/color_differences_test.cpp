#include "data/dataset/color_differences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "data/photos/image_io.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

constexpr int kSize = 64, kPhotos = 6;

// A painted wall at z = 2 that all photos see from the front, each a little to the side. Photo i is gain(i, channel)
// times as bright.
template <typename Gain>
Dataset WallFrom(const testing::TempDir& folder, const Gain& gain) {
  Dataset dataset;
  Random random(3);
  constexpr int kCells = 24;  // of the wall, one point in the middle of each
  std::vector<std::array<double, 3>> paint(kCells * kCells);
  for (auto& color : paint) {
    for (double& value : color) value = 60 + 60 * random.Uniform();
  }
  const auto cell_of = [](double x, double y) {
    const int u = std::min(kCells - 1, std::max(0, int((x + 1.5) * kCells / 3)));
    const int v = std::min(kCells - 1, std::max(0, int((y + 1.5) * kCells / 3)));
    return size_t(v * kCells + u);
  };
  for (int i = 0; i < kPhotos; ++i) {
    View view;
    view.name = "photo_" + std::to_string(i) + ".png";
    view.path = folder / view.name;
    view.camera = {kSize, kSize, kSize, kSize, kSize / 2.0, kSize / 2.0, {}};
    view.camera.camera_from_world.rotation = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    view.camera.camera_from_world.translation = {0.04 * (i - 2.5), 0, 0};
    view.intrinsics = {CameraModel::kPinhole, kSize, kSize, {kSize, kSize, kSize / 2.0, kSize / 2.0}};
    Image8 image(kSize, kSize, 3);
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const double wall_x = 2 * (x + 0.5 - kSize / 2.0) / kSize - view.camera.camera_from_world.translation.x;
        const double wall_y = 2 * (y + 0.5 - kSize / 2.0) / kSize;
        const auto& color = paint[cell_of(wall_x, wall_y)];
        for (size_t c = 0; c < 3; ++c) image.At(x, y)[c] = uint8_t(std::lround(gain(i, int(c)) * color[c]));
      }
    }
    WriteImage(view.path, image);
    dataset.views.push_back(view);
  }
  for (int v = 0; v < kCells; ++v) {
    for (int u = 0; u < kCells; ++u) {
      dataset.points.positions.push_back({(u + 0.5) * 3 / kCells - 1.5, (v + 0.5) * 3 / kCells - 1.5, 2});
    }
  }
  dataset.points.colors.resize(dataset.points.positions.size());
  return dataset;
}

constexpr double kRounding = 0.02;  // stops: 8 bits of values from 60 on, and cells' borders in 3 x 3 pixels

TEST(MeasureColorDifferences, OfPhotosOfOneExposureAreNone) {
  const testing::TempDir folder;
  const ColorDifferences found = MeasureColorDifferences(WallFrom(folder, [](int, int) { return 1.0; }), nullptr);
  EXPECT_EQ(found.views.size(), size_t(kPhotos));
  EXPECT_LT(found.exposure, kRounding);
  EXPECT_LT(found.white_balance, kRounding);
}

TEST(MeasureColorDifferences, FindsTheExposureOfEachPhoto) {
  const testing::TempDir folder;
  const auto stops = [](int i) { return 0.2 * (i - 2.5); };
  const ColorDifferences found =
      MeasureColorDifferences(WallFrom(folder, [&](int i, int) { return std::exp2(stops(i)); }), nullptr);
  ASSERT_EQ(found.exposures.size(), size_t(kPhotos));
  for (int i = 0; i < kPhotos; ++i) EXPECT_NEAR(found.exposures[size_t(i)], stops(i), 2 * kRounding) << i;
  EXPECT_NEAR(found.exposure, 0.2 * std::sqrt(35.0 / 12), kRounding);
  EXPECT_LT(found.white_balance, kRounding);
}

TEST(MeasureColorDifferences, FindsWhiteBalance) {
  const testing::TempDir folder;
  const auto gain = [](int i, int channel) { return std::exp2((i % 2 == 0 ? 0.2 : -0.2) * (1 - channel)); };
  const ColorDifferences found = MeasureColorDifferences(WallFrom(folder, gain), nullptr);
  EXPECT_LT(found.exposure, kRounding);
  EXPECT_NEAR(found.white_balance, 0.2 * std::sqrt(2.0 / 3), kRounding);
}

TEST(MeasureColorDifferences, NeedsPointsThatSeveralPhotosSee) {
  const testing::TempDir folder;
  const auto as_painted = [](int, int) { return 1.0; };
  Dataset behind = WallFrom(folder, as_painted), two_photos = behind, three_photos = behind;
  for (Vec3<double>& position : behind.points.positions) position.z = -2;
  EXPECT_TRUE(MeasureColorDifferences(behind, nullptr).views.empty());
  two_photos.views.resize(2);
  EXPECT_TRUE(MeasureColorDifferences(two_photos, nullptr).views.empty());
  three_photos.views.resize(3);
  EXPECT_EQ(MeasureColorDifferences(three_photos, nullptr).views.size(), 3u);
}

TEST(MeasureColorDifferences, PassesOverPixelsThatMayBeClipped) {
  const testing::TempDir folder;
  const auto one_is_dark = [](int i, int) { return i == 4 ? 0.05 : 1.0; };  // 3 to 6 of 255
  const ColorDifferences found = MeasureColorDifferences(WallFrom(folder, one_is_dark), nullptr);
  EXPECT_EQ(found.views, (std::vector<int>{0, 1, 2, 3, 5}));
  EXPECT_LT(found.exposure, kRounding);
}

TEST(MeasureColorDifferences, PassesOverPixelsThatDoNotCount) {
  const testing::TempDir folder;
  Dataset dataset = WallFrom(folder, [](int, int) { return 1.0; });
  Image8 strip(kSize, kSize, 1);  // of a few points
  for (int y = 0; y < kSize; ++y) std::fill_n(strip.At(30, y), 4, uint8_t(255));
  WriteImage(folder / "strip.png", strip);
  dataset.views[2].mask.path = folder / "strip.png";
  EXPECT_EQ(MeasureColorDifferences(dataset, nullptr).views, (std::vector<int>{0, 1, 3, 4, 5}));
}

}  // namespace
}  // namespace splat::data
