#include "data/photos/photo_borders.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

constexpr int kWidth = 96, kHeight = 80;

// Smooth noise, as photos are: no two lines are the same.
Image8 Scene(uint64_t seed, int darkest = 40) {
  Random random(seed);
  Image8 coarse(12, 10, 3);
  for (uint8_t& value : coarse.pixels) value = uint8_t(darkest + int(random.Below(uint64_t(256 - darkest))));
  return ResizeImage(coarse, kWidth, kHeight);
}

void Paint(Image8& image, int left, int top, int right, int bottom, uint8_t value) {
  for (int y = top; y < bottom; ++y) std::fill_n(image.At(left, y), 3 * (right - left), value);
}

// What `paint` makes of 8 photos has this border in common.
template <typename Paint>
Border BorderOf(const Paint& paint, int photos = 8) {
  std::vector<PhotoEdges> edges;
  for (int i = 0; i < photos; ++i) {
    Image8 photo = Scene(uint64_t(i));
    paint(photo, i);
    edges.push_back(MeasureEdges(photo));
  }
  return CommonBorder(edges);
}

TEST(CommonBorder, FindsLinesThatAllPhotosHaveAndThreeBeside) {
  const Border border = BorderOf([](Image8& photo, int) {
    Paint(photo, 0, 0, kWidth, 3, 0);
    Paint(photo, kWidth - 10, 0, kWidth, kHeight, 16);
  });
  EXPECT_EQ(border.top, 6);
  EXPECT_EQ(border.right, 13);
  EXPECT_EQ(border.left, 0);
  EXPECT_EQ(border.bottom, 0);
}

TEST(CommonBorder, FindsOneLineAndAConstantColour) {
  EXPECT_EQ(BorderOf([](Image8& photo, int) { Paint(photo, 0, kHeight - 1, kWidth, kHeight, 0); }).bottom, 4);
  EXPECT_EQ(BorderOf([](Image8& photo, int) { Paint(photo, 0, 0, 5, kHeight, 230); }).left, 8);
}

TEST(CommonBorder, FindsBlackRowsThroughTheNoiseOfJpeg) {
  const testing::TempDir folder;
  const Border border = BorderOf([&](Image8& photo, int i) {
    Paint(photo, 0, 0, kWidth, 3, 0);
    const std::string path = folder / (std::to_string(i) + ".jpg");
    WriteImage(path, photo);
    photo = ReadPhoto(path).image;
  });
  EXPECT_GE(border.top, 5);
  EXPECT_LE(border.top, 6);
}

// Black rows of which some photos show less, since the block of JPEG that their edge lies in rings over them.
TEST(CommonBorder, FindsBlackRowsThroughTheRingingOfABlock) {
  const auto top_of = [](const std::vector<int>& lines, const std::vector<bool>& sharp, int color = 0) {
    std::vector<PhotoEdges> photos(lines.size());
    for (size_t i = 0; i < lines.size(); ++i) photos[i].top = {{color, color, color}, lines[i], sharp[i]};
    return CommonBorder(photos).top;
  };
  const bool s = true, n = false;
  // As 7 rows of 16 photos look at quality 35.
  const std::vector<int> at_35 = {4, 6, 6, 6, 4, 7, 7, 7, 7, 4, 4, 6, 4, 6, 4, 4};
  const std::vector<bool> sharp_at_35 = {n, s, s, s, n, s, s, s, s, n, n, s, n, s, n, n};
  EXPECT_EQ(top_of(at_35, sharp_at_35), 10);
  EXPECT_EQ(top_of(at_35, sharp_at_35, 200), 0) << "walls and skies";
  EXPECT_EQ(top_of(at_35, std::vector<bool>(16, n)), 0) << "the night";
  EXPECT_EQ(top_of({4, 6, 8, 10, 12, 14, 16, 18, 20}, {n, s, s, s, s, s, s, s, s}), 0) << "another end in each photo";
  EXPECT_EQ(top_of({1, 7, 7, 7, 7, 7, 7, 7}, {n, s, s, s, s, s, s, s}), 0) << "one photo has none of it";
  EXPECT_EQ(top_of({4, 7, 7, 7, 30, 25, 20, 28}, {n, s, s, s, s, n, s, s}), 0) << "a sky that may be higher";
  EXPECT_EQ(top_of({6, 9, 9, 9, 9, 9, 9, 9}, {n, s, s, s, s, s, s, s}), 0) << "not within one block";
}

TEST(CommonBorder, WhatIsDarkInSomePhotosIsNone) {
  EXPECT_TRUE(BorderOf([](Image8& photo, int i) { Paint(photo, 0, 0, kWidth, i == 5 ? 0 : 6, 0); }).IsEmpty());
  EXPECT_TRUE(BorderOf([](Image8& photo, int i) { Paint(photo, 0, 0, kWidth, 6, i == 5 ? 200 : 0); }).IsEmpty())
      << "of another colour";
}

// The sky, or the wall of a studio: each photo shows as much of it as there is.
TEST(CommonBorder, WhatEndsElsewhereInEachPhotoIsNone) {
  EXPECT_TRUE(BorderOf([](Image8& photo, int i) { Paint(photo, 0, 0, kWidth, 4 + 3 * i, 255); }).IsEmpty());
  EXPECT_TRUE(BorderOf([](Image8& photo, int i) {
                Image8 object = photo;
                Paint(photo, 0, 0, kWidth, kHeight, 255);
                for (int y = 20 + i; y < 60 - i; ++y) std::copy_n(object.At(30 + i, y), 3 * 30, photo.At(30 + i, y));
              }).IsEmpty());
}

// The object, which is as high in all photos, begins at the same row.
TEST(CommonBorder, TheBackdropAboveATurntableIsNone) {
  for (const uint8_t backdrop : {0, 255}) {
    EXPECT_TRUE(BorderOf([&](Image8& photo, int) {
                  const Image8 object = photo;
                  Paint(photo, 0, 0, kWidth, kHeight, backdrop);
                  for (int y = 10; y < 70; ++y) std::copy_n(object.At(30, y), 3 * 36, photo.At(30, y));
                }).IsEmpty());
  }
}

TEST(CommonBorder, FewPhotosAndTransparentOnesHaveNone) {
  const auto paint = [](Image8& photo, int) { Paint(photo, 0, 0, kWidth, 3, 0); };
  EXPECT_TRUE(BorderOf(paint, 3).IsEmpty());
  EXPECT_FALSE(BorderOf(paint, 4).IsEmpty());
  EXPECT_FALSE(MeasureEdges(Image8(kWidth, kHeight, 4)).MayBeBorder());
  EXPECT_FALSE(MeasureEdges(Image8(8, 8, 3)).MayBeBorder()) << "too small to tell";
}

}  // namespace
}  // namespace splat::data
