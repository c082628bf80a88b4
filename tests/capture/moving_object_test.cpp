#include "capture/moving_object.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "capture/capture.h"
#include "data/photos/image_io.h"
#include "tests/support/temp_dir.h"

namespace splat::capture {
namespace {

namespace fs = std::filesystem;
using testing::TempDir;

CaptureOptions SmallOptions() {
  CaptureOptions options;
  options.width = 128;
  options.height = 96;
  options.photos = 6;
  options.samples_per_side = 1;
  return options;
}

CaptureResult Take(const CaptureOptions& options, const std::string& folder) {
  ThreadPool pool(2);
  return WriteCapture(options, folder, pool, {});
}

TEST(MovingObject, ChangesThePhotosOnlyWhereTheMasksAreBlack) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  const CaptureResult plain = Take(options, folder / "plain");
  options.moving_object = true;
  const CaptureResult moving = Take(options, folder / "moving");
  constexpr int kJpeg = 40;  // of 255: blocks of 8 px at the mask's edge hold some of the object
  for (const CapturedPhoto& photo : plain.photos) {
    const std::string png = fs::path(photo.name).stem().string() + ".png";
    const Image8 without = data::ReadPhoto(plain.photo_folder + "/" + photo.name).image;
    const Image8 with = data::ReadPhoto(moving.photo_folder + "/" + photo.name).image;
    const Image8 mask = data::ReadPhoto(folder / "moving/masks/" + png).image;
    const Image8 passed = data::ReadPhoto(folder / "moving/truth/passed/" + png).image;
    int hidden = 0, region = 0, changed = 0;
    for (size_t i = 0; i < without.pixels.size(); ++i) {
      hidden += mask.pixels[i] == 0 ? 1 : 0;
      region += passed.pixels[i] > 0 ? 1 : 0;
      const int difference = std::abs(int(with.pixels[i]) - int(without.pixels[i]));
      if (mask.pixels[i] == 0) changed += difference > kJpeg ? 1 : 0;
      if (mask.pixels[i] > 0) {
        ASSERT_LE(difference, kJpeg) << photo.name << ", " << i;
      }
    }
    EXPECT_GT(hidden, 0) << photo.name;
    EXPECT_GT(changed, hidden / 10) << photo.name;
    EXPECT_GT(region, hidden) << "it is elsewhere in other photos";
  }
  EXPECT_FALSE(fs::exists(folder / "plain/masks"));
}

TEST(MovingObject, StandsElsewhereInEachPhoto) {
  const std::vector<Vec3<double>> places = MovingObjectPlaces(20);
  for (size_t i = 1; i < places.size(); ++i) EXPECT_GT(Norm(places[i] - places[i - 1]), 0.5);
}

bool IsBlack(const Image8& image, int y) {
  bool black = true;
  for (int x = 0; x < image.width; ++x) {
    for (int c = 0; c < 3; ++c) black = black && image.At(x, y)[c] == 0;
  }
  return black;
}

bool AreEqual(const Image8& a, const Image8& b, int y) {
  return std::equal(a.At(0, y), a.At(0, y) + size_t(a.width) * size_t(a.channels), b.At(0, y));
}

TEST(BlackRows, AreAtTheTopOrAtBothEnds) {
  const TempDir folder;
  const auto photo_with = [&](int black_rows, int letterbox, const std::string& name) {
    CaptureOptions options = SmallOptions();
    options.alpha_masks = true;  // PNG, so that black is black
    options.noise = 20;          // so that nothing else is
    options.black_rows = black_rows;
    options.letterbox = letterbox;
    return data::ReadPhoto(Take(options, folder / name).photo_folder + "/photo_0001.png").image;
  };
  const Image8 plain = photo_with(0, 0, "plain"), cut = photo_with(3, 0, "cut"), boxed = photo_with(0, 12, "boxed");
  ASSERT_EQ(plain.height, 96);
  for (int y = 0; y < plain.height; ++y) {
    SCOPED_TRACE(y);
    EXPECT_FALSE(IsBlack(plain, y));
    EXPECT_EQ(IsBlack(cut, y), y < 3);
    EXPECT_EQ(IsBlack(boxed, y), y < 12 || y >= 84);
    if (y >= 3) {
      EXPECT_TRUE(AreEqual(cut, plain, y));
    }
    if (y >= 12 && y < 84) {
      EXPECT_TRUE(AreEqual(boxed, plain, y));
    }
  }
}

}  // namespace
}  // namespace splat::capture
