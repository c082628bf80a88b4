#include "formats/photo_colors_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

PhotoColors SomeColors() {
  PhotoColors colors;
  PhotoColor photo;
  photo.name = "a/photo 1.jpg";
  photo.exposure = -0.7;
  photo.lens = 1;
  photo.chromaticity = {{{0.1, 0.2}, {0.3, -0.4}, {0.5, 0.6}, {0.01, 0.02}}};
  colors.photos = {photo};
  colors.lenses.resize(2);
  colors.lenses[1][2] = {{0.1, -0.2}, {-0.3, 0.25, 0.125}};
  return colors;
}

class PhotoColorsFileTest : public ::testing::Test {
 protected:
  std::string path() const { return folder_ / "photo_colors.json"; }
  std::string ErrorOf(const std::string& text) {
    std::ofstream(path()) << text;
    return ErrorMessageOf([&] { ReadPhotoColors(path()); });
  }

  testing::TempDir folder_;
};

TEST_F(PhotoColorsFileTest, IsReadAsItWasWritten) {
  const PhotoColors colors = SomeColors();
  WritePhotoColors(path(), colors);
  const PhotoColors read = ReadPhotoColors(path());
  ASSERT_EQ(read.photos.size(), 1u);
  EXPECT_EQ(read.photos[0].name, "a/photo 1.jpg");
  EXPECT_EQ(read.photos[0].exposure, -0.7);
  EXPECT_EQ(read.photos[0].lens, 1);
  for (size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(read.photos[0].chromaticity[k].x, colors.photos[0].chromaticity[k].x);
    EXPECT_EQ(read.photos[0].chromaticity[k].y, colors.photos[0].chromaticity[k].y);
  }
  ASSERT_EQ(read.lenses.size(), 2u);
  EXPECT_EQ(read.lenses[1][2].center.y, -0.2);
  EXPECT_EQ(read.lenses[1][2].coefficients, colors.lenses[1][2].coefficients);
}

TEST_F(PhotoColorsFileTest, NamesThatAreNoUtf8ComeBack) {
  PhotoColors colors = SomeColors();
  colors.photos.push_back(colors.photos[0]);
  colors.photos[0].name = "f\xFCr.jpg";
  colors.photos[1].name = "f\xF6r.jpg";
  WritePhotoColors(path(), colors);
  const PhotoColors read = ReadPhotoColors(path());
  ASSERT_EQ(read.photos.size(), 2u);
  EXPECT_EQ(read.photos[0].name, "f\xFCr.jpg");
  EXPECT_EQ(read.photos[1].name, "f\xF6r.jpg");
}

TEST_F(PhotoColorsFileTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(ErrorOf("[]"), AllOf(HasSubstr("photo_colors.json"), HasSubstr("has no photos and lenses")));
  EXPECT_THAT(ErrorOf(R"({"photos": {"x.jpg": {"lens": 0}}, "lenses": []})"),
              HasSubstr("photo x.jpg: has no exposure"));
  EXPECT_THAT(ErrorOf(R"({"photos": {}, "lenses": [{"red": 1}]})"), HasSubstr("lens 0: has no center"));
  EXPECT_THAT(ErrorOf(R"({"photos": {"x.jpg": {"exposure": "much"}}, "lenses": []})"),
              HasSubstr(R"(photo x.jpg: expected a number, found "much")"));
  const char* const far_off =
      R"({"photos": {"x.jpg": {"lens": 3, "exposure": 0, "chromaticity":
         {"blue": [0, 0], "red": [0, 0], "green": [0, 0], "grey": [0, 0]}}}, "lenses": []})";
  EXPECT_THAT(ErrorOf(far_off), HasSubstr("photo x.jpg: lens is 3, of 0"));
}

}  // namespace
}  // namespace splat::formats
