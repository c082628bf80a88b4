#include "capture/moving_object.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

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

TEST(BlackRows, AreAtTheTopOrAtBothEnds) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.alpha_masks = true;  // PNG, so that black is black
  options.black_rows = 3;
  const Image8 cut = data::ReadPhoto(Take(options, folder / "cut").photo_folder + "/photo_0001.png").image;
  EXPECT_EQ(cut.At(60, 2)[1], 0);
  EXPECT_GT(cut.At(60, 50)[1], 0);
  options.black_rows = 0;
  options.letterbox = 12;
  const Image8 boxed = data::ReadPhoto(Take(options, folder / "boxed").photo_folder + "/photo_0001.png").image;
  for (const int y : {0, 11, 84, 95}) EXPECT_EQ(boxed.At(60, y)[1], 0) << y;
  EXPECT_GT(boxed.At(60, 60)[1], 0);
}

}  // namespace
}  // namespace splat::capture
