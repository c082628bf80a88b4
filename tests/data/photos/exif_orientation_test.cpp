#include "data/photos/exif_orientation.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using testing::WriteBytes;
// 48 x 32 px, with another colour in every corner.
Image8 Gradient() {
  Image8 image(48, 32, 3);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const int values[3] = {x * 255 / image.width, y * 255 / image.height, 100};
      for (int c = 0; c < 3; ++c) image.At(x, y)[c] = uint8_t(values[c]);
    }
  }
  return image;
}

// A JPEG of the image with an EXIF segment that holds only the orientation.
void WriteJpegWithOrientation(const std::string& path, const Image8& image, int orientation) {
  WriteImage(path, image);
  const std::string jpeg = ReadFile(path);
  std::string exif("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 25);
  exif += char(orientation);
  exif += std::string(6, '\0');
  const size_t length = exif.size() + 2;
  std::string segment = "\xff\xe1";
  segment += char(length >> 8);
  segment += char(length & 255);
  WriteBytes(path, jpeg.substr(0, 2) + segment + exif + jpeg.substr(2));
}

TEST(ExifTest, OrientationIsReadAndNotAppliedToThePixels) {
  const testing::TempDir dir;
  WriteImage(dir / "plain.jpg", Gradient());
  const Image8 plain = ReadPhoto(dir / "plain.jpg").image;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    WriteJpegWithOrientation(dir / "a.jpg", Gradient(), orientation);
    const PhotoInfo info = ReadPhotoInfo(dir / "a.jpg");
    EXPECT_EQ(info.exif_orientation, orientation);
    EXPECT_EQ(info.width, 48);
    EXPECT_EQ(info.height, 32);
    EXPECT_EQ(ReadPhoto(dir / "a.jpg").image.pixels, plain.pixels);
  }
}

TEST(ExifTest, BrokenExifIsOrientationOne) {
  const testing::TempDir dir;
  for (int orientation : {0, 9, 200}) {
    WriteJpegWithOrientation(dir / "a.jpg", Gradient(), orientation);
    EXPECT_EQ(ReadPhotoInfo(dir / "a.jpg").exif_orientation, 1);
  }
  const std::string jpeg = ReadFile(dir / "a.jpg");
  WriteBytes(dir / "b.jpg", jpeg.substr(0, 2) +
                                std::string("\xff\xe1\0\x0a"
                                            "Exif\0\0MM",
                                            12) +
                                jpeg.substr(2));
  EXPECT_EQ(ReadPhotoInfo(dir / "b.jpg").exif_orientation, 1);
}

// Where the stored pixel that is displayed at the top left and the one displayed at the top right lie.
TEST(ApplyOrientationTest, PutsTheCornersWhereExifSays) {
  Image8 stored(3, 2, 1);
  stored.pixels = {1, 2, 3, 4, 5, 6};
  const std::vector<uint8_t> expected[9] = {{},
                                            {1, 2, 3, 4, 5, 6},
                                            {3, 2, 1, 6, 5, 4},
                                            {6, 5, 4, 3, 2, 1},
                                            {4, 5, 6, 1, 2, 3},
                                            {1, 4, 2, 5, 3, 6},
                                            {4, 1, 5, 2, 6, 3},
                                            {6, 3, 5, 2, 4, 1},
                                            {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Image8 turned = ApplyOrientation(stored, orientation);
    EXPECT_EQ(turned.width, orientation >= 5 ? 2 : 3);
    EXPECT_EQ(turned.height, orientation >= 5 ? 3 : 2);
    EXPECT_EQ(turned.pixels, expected[orientation]) << orientation;
  }
  EXPECT_THROW(ApplyOrientation(stored, 9), Error);
}

TEST(ApplyOrientationTest, AgreesWithTheDecoderThatAppliesExif) {
  const testing::TempDir dir;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    WriteJpegWithOrientation(dir / "a.jpg", Gradient(), orientation);
    const cv::Mat expected = cv::imread(dir / "a.jpg", cv::IMREAD_COLOR);
    const Image8 turned = ApplyOrientation(ReadPhoto(dir / "a.jpg").image, orientation);
    ASSERT_EQ(turned.width, expected.cols);
    for (int y = 0; y < turned.height; ++y) {
      for (int x = 0; x < turned.width; ++x) ASSERT_EQ(turned.At(x, y)[0], expected.ptr(y, x)[2]) << orientation;
    }
  }
}

}  // namespace
}  // namespace splat::data
