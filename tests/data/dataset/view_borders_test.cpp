#include "data/dataset/view_borders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"
#include "core/random.h"
#include "data/dataset/view_image.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Photos with `rows` black rows at the top.
class ViewBordersTest : public ::testing::Test {
 protected:
  void AddPhotos(int count, int width, int height, int rows, double focal = 50) {
    for (int i = 0; i < count; ++i) {
      Random random(views_.size());
      Image8 coarse(8, 8, 3);
      for (uint8_t& value : coarse.pixels) value = uint8_t(60 + random.Below(190));
      Image8 photo = ResizeImage(coarse, width, height);
      std::fill_n(photo.pixels.begin(), size_t(rows) * width * 3, uint8_t(0));
      View view;
      view.name = std::to_string(views_.size()) + ".png";
      view.path = folder_ / view.name;
      view.intrinsics = {CameraModel::kSimplePinhole, width, height, {focal, width / 2.0, height / 2.0}};
      view.camera = UndistortedCamera(view.intrinsics);
      WriteImage(view.path, photo);
      views_.push_back(view);
    }
  }
  void Find() {
    SerialExecutor executor;
    FindBorders(views_, executor, [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }
  testing::TempDir folder_;
  std::vector<View> views_;
  std::vector<std::string> log_;
};

TEST_F(ViewBordersTest, OneLineSaysWhichLinesOfWhichPhotosDoNotCount) {
  AddPhotos(5, 64, 48, 3);
  AddPhotos(5, 48, 64, 0);
  Find();
  EXPECT_THAT(log_, ElementsAre(AllOf(StartsWith("Borders: 6 rows at the top are empty, the same in all 5 photos of "
                                                 "64x48 px"),
                                      HasSubstr("--borders off"))));
  EXPECT_EQ(views_[0].border.top, 6);
  EXPECT_TRUE(views_[7].border.IsEmpty());
}

TEST_F(ViewBordersTest, CamerasOfOneSizeAreToldApartByTheirCalibration) {
  AddPhotos(5, 64, 48, 3, 50);
  AddPhotos(5, 64, 48, 0, 60);
  Find();
  EXPECT_EQ(views_[0].border.top, 6);
  EXPECT_TRUE(views_[7].border.IsEmpty());
}

TEST_F(ViewBordersTest, PhotosWithACalibrationEachAreThoseOfOneCamera) {
  for (int i = 0; i < 6; ++i) AddPhotos(1, 64, 48, 3, 50 + i);
  Find();
  EXPECT_EQ(views_[5].border.top, 6);
}

TEST_F(ViewBordersTest, PhotosThatCannotBeReadArePassedOver) {
  AddPhotos(6, 64, 48, 3);
  views_[0].path = folder_ / "lost.png";
  std::string png = ReadFile(views_[1].path);  // its header is whole
  png.replace(png.size() / 2, 8, "damaged!");
  splat::testing::WriteBytes(views_[1].path, png);
  ASSERT_NO_THROW(ReadPhotoInfo(views_[1].path));
  ASSERT_THROW(ReadPhoto(views_[1].path), Error);
  Find();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("6 rows at the top")));
  EXPECT_EQ(views_[2].border.top, 6);
}

TEST_F(ViewBordersTest, TheLinesDoNotCountAtAnySize) {
  AddPhotos(4, 64, 48, 3);
  Find();
  const ViewImage full = LoadView(views_[0], {0, 0, 0}, {});
  EXPECT_EQ(BytesOf(views_[0]), 64 * 48 * 4);
  EXPECT_EQ(*full.weights.At(9, 5), 0);
  EXPECT_EQ(*full.weights.At(9, 6), 255);
  EXPECT_EQ(*full.weights.At(9, 47), 255);
  views_[0].camera = ResizedCamera(views_[0].camera, 21, 16);
  const ViewImage small = LoadView(views_[0], {0, 0, 0}, {});
  EXPECT_EQ(*small.weights.At(9, 1), 0);
  EXPECT_EQ(*small.weights.At(9, 2), 255);
}

// Whether no line at an edge repeats the one beside it. The photo is brighter from pixel to pixel, to the right in its
// first channel and downwards in the second one.
bool ShowsThePhotoUpToItsEdges(const Image8& image) {
  const int w = image.width, h = image.height;
  for (int y = 0; y < h; ++y) {
    if (image.At(0, y)[0] >= image.At(1, y)[0] || image.At(w - 2, y)[0] >= image.At(w - 1, y)[0]) return false;
  }
  for (int x = 0; x < w; ++x) {
    if (image.At(x, 0)[1] >= image.At(x, 1)[1] || image.At(x, h - 2)[1] >= image.At(x, h - 1)[1]) return false;
  }
  return true;
}

TEST_F(ViewBordersTest, OurOwnUndistortionMakesNone) {
  Image8 photo(64, 48, 3);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      photo.At(x, y)[0] = uint8_t(4 * x);
      photo.At(x, y)[1] = uint8_t(5 * y);
    }
  }
  WriteImage(folder_ / "photo.png", photo);
  for (const double k : {-0.2, 0.2}) {
    View view;
    view.path = folder_ / "photo.png";
    view.intrinsics = {CameraModel::kSimpleRadial, 64, 48, {60, 32, 24, k}};
    view.camera = UndistortedCamera(view.intrinsics);
    const ViewImage loaded = LoadView(view, {0, 0, 0}, {});
    EXPECT_TRUE(ShowsThePhotoUpToItsEdges(loaded.image)) << k;
    EXPECT_THAT(loaded.weights.pixels, IsEmpty());
    view.camera.fx *= 0.8;
    EXPECT_FALSE(ShowsThePhotoUpToItsEdges(LoadView(view, {0, 0, 0}, {}).image)) << k << ": a camera that sees more";
  }
}

// Photos of people, bookshelves, plants, a room and a mouse, as phones and cameras took them.
TEST_F(ViewBordersTest, PhotosOfTheWorldHaveNone) {
  for (const char* set : {"fox/images", "fern/images_4", "desk/input", "banana/images", "cup/images", "mouse/images",
                          "lund/images", "beer/images"}) {
    SPLAT_TEST_DATA_OR_SKIP(folder, set);
    views_.clear();
    for (const std::string& name : ListPhotos(folder)) {
      View view;
      view.path = folder + "/" + name;
      views_.push_back(view);
    }
    Find();
    EXPECT_THAT(log_, IsEmpty()) << set;
  }
}

}  // namespace
}  // namespace splat::data
