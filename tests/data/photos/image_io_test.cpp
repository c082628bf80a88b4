#include "data/photos/image_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "core/check.h"
#include "data/photos/image_resize.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/gradient_image.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using testing::ErrorMessageOf;
using testing::Gradient;
using ::testing::HasSubstr;
using testing::WriteBytes;

// JPEG at quality 95 of a smooth image: measured 3, of 255.
constexpr int kJpegTolerance = 6;

TEST(ReadReducedPhotoTest, IsThePhotoScaledDown) {
  const testing::TempDir dir;
  const Image8 image = Gradient(1000, 640, 3);
  for (const char* name : {"a.jpg", "a.png"}) {
    WriteImage(dir / name, image);
    const DecodedPhoto photo = ReadReducedPhoto(dir / name, 120);
    ASSERT_EQ(photo.image.width, 120) << name;
    ASSERT_EQ(photo.image.height, 77) << name;
    const Image8 expected = ResizeImage(image, 120, 77);
    for (size_t i = 0; i < expected.pixels.size(); ++i) {
      ASSERT_NEAR(photo.image.pixels[i], expected.pixels[i], kJpegTolerance) << name << " " << i;
    }
    EXPECT_EQ(ReadReducedPhoto(dir / name, 2000).image.width, 1000) << name << " is not made larger";
  }
  const std::string bytes = ReadFile(dir / "a.jpg");
  WriteBytes(dir / "cut.jpg", bytes.substr(0, bytes.size() / 2));
  const DecodedPhoto cut = ReadReducedPhoto(dir / "cut.jpg", 120);
  EXPECT_TRUE(cut.truncated && cut.image.pixels.empty());
}

// A PNG that says it has 20,000 x 20,000 pixels, in a few bytes: refused by its header, without any memory for pixels.
TEST(ReadPhotoTest, AHugeImageInASmallFileIsRefusedByNameAndSize) {
  const testing::TempDir dir;
  const std::string path = dir / "bomb.png";
  WriteImage(path, Gradient(20, 16, 3));
  std::string bytes = ReadFile(path);
  bytes.replace(16, 8, std::string("\0\0\x4e\x20\0\0\x4e\x20", 8));
  WriteBytes(path, bytes);
  for (const auto& read :
       {std::function<void()>([&] { ReadPhotoInfo(path); }), std::function<void()>([&] { ReadPhoto(path); })}) {
    EXPECT_THAT(ErrorMessageOf(read),
                HasSubstr(path + ": says that it is 20000x20000 px in " + std::to_string(bytes.size())));
  }
}

TEST(ReadPhotoTest, PngRoundTripIsExact) {
  const testing::TempDir dir;
  for (int channels : {3, 4}) {
    const Image8 image = Gradient(37, 23, channels);
    WriteImage(dir / "ü [a] b.png", image);
    const DecodedPhoto photo = ReadPhoto(dir / "ü [a] b.png");
    EXPECT_EQ(photo.image.pixels, image.pixels);
    EXPECT_EQ(photo.image.channels, channels);
    EXPECT_FALSE(photo.truncated);
    const PhotoInfo info = ReadPhotoInfo(dir / "ü [a] b.png");
    EXPECT_EQ(info.width, 37);
    EXPECT_EQ(info.height, 23);
    EXPECT_EQ(info.exif_orientation, 1);
  }
}

TEST(ReadPhotoTest, JpegKeepsColoursInRgbOrder) {
  const testing::TempDir dir;
  const Image8 image = Gradient(64, 48, 3);
  WriteImage(dir / "a.JPG", image);
  const DecodedPhoto photo = ReadPhoto(dir / "a.JPG");
  EXPECT_FALSE(photo.truncated);
  ASSERT_EQ(photo.image.pixels.size(), image.pixels.size());
  int worst = 0;
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    worst = std::max(worst, std::abs(int(photo.image.pixels[i]) - int(image.pixels[i])));
  }
  EXPECT_LE(worst, kJpegTolerance);
}

// Each format and depth that OpenCV can write here: value v is written to blue, 2v to green, 3v to red.
struct Stored {
  const char* name;
  int type;
  bool alpha;  // of a TIFF OpenCV does not say that the fourth sample is alpha
};

class StoredFormats : public ::testing::TestWithParam<Stored> {};

TEST_P(StoredFormats, DecodesToEightBitRgb) {
  const testing::TempDir dir;
  const Stored stored = GetParam();
  const int scale = CV_MAT_DEPTH(stored.type) == CV_16U ? 257 : 1;
  cv::Mat pixels(17, 20, stored.type);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      for (int c = 0; c < pixels.channels(); ++c) {
        // 16 bits: + 128 still rounds to the same 8-bit value.
        const int value = (c == 3 ? 200 : (c + 1) * (x + 2 * y)) * scale + (scale > 1 && x % 2 == 0 ? 128 : 0);
        if (scale > 1) {
          pixels.ptr<uint16_t>(y, x)[c] = uint16_t(value);
        } else {
          pixels.ptr<uint8_t>(y, x)[c] = uint8_t(value);
        }
      }
    }
  }
  const std::string path = dir / stored.name;
  ASSERT_TRUE(cv::imwrite(path, pixels, {cv::IMWRITE_WEBP_QUALITY, 101}));  // above 100: lossless
  const Image8 image = ReadPhoto(path).image;
  ASSERT_EQ(image.width, 20);
  ASSERT_EQ(image.height, 17);
  ASSERT_EQ(image.channels, stored.alpha ? 4 : 3);
  const bool grey = pixels.channels() == 1;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const int v = x + 2 * y;
      ASSERT_EQ(image.At(x, y)[0], grey ? v : 3 * v) << x << ", " << y;
      ASSERT_EQ(image.At(x, y)[1], grey ? v : 2 * v);
      ASSERT_EQ(image.At(x, y)[2], v);
      if (stored.alpha) {
        ASSERT_EQ(image.At(x, y)[3], 200);
      }
    }
  }
  const PhotoInfo info = ReadPhotoInfo(path);
  EXPECT_EQ(info.width, 20);
  EXPECT_EQ(info.height, 17);
}

INSTANTIATE_TEST_SUITE_P(All, StoredFormats,
                         ::testing::Values(Stored{"rgb8.png", CV_8UC3, false}, Stored{"rgba8.png", CV_8UC4, true},
                                           Stored{"grey8.png", CV_8UC1, false}, Stored{"rgb16.png", CV_16UC3, false},
                                           Stored{"rgba16.png", CV_16UC4, true}, Stored{"grey16.png", CV_16UC1, false},
                                           Stored{"rgb8.tif", CV_8UC3, false}, Stored{"grey8.tiff", CV_8UC1, false},
                                           Stored{"rgb16.tif", CV_16UC3, false}, Stored{"rgba8.tif", CV_8UC4, false},
                                           Stored{"grey16.TIF", CV_16UC1, false}, Stored{"rgb8.webp", CV_8UC3, false},
                                           Stored{"rgba8.webp", CV_8UC4, true}),
                         [](const auto& stored) {
                           std::string name = stored.param.name;
                           name[name.find('.')] = '_';
                           return name;
                         });

TEST(ReadPhotoTest, GreyWithAlphaBecomesRgba) {
  // 2x1 PNG, colour type 4: (grey 10, alpha 255), (grey 200, alpha 0). Made once with Python's zlib.
  const std::string png(
      "\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x02\x00\x00\x00\x01\x08\x04\x00\x00"
      "\x00\x5e\x2b\xb7\x01\x00\x00"
      "\x00\x0d\x49\x44\x41\x54\x78\xda\x63\xe0\xfa\x7f\x82\x01\x00\x04\xba\x01\xd2\x7e\x4f\x4d\xb8\x00\x00\x00\x00\x49"
      "\x45\x4e\x44\xae\x42\x60\x82",
      70);
  const testing::TempDir dir;
  WriteBytes(dir / "ga.png", png);
  const Image8 image = ReadPhoto(dir / "ga.png").image;
  EXPECT_EQ(image.channels, 4);
  EXPECT_THAT(image.pixels, ElementsAre(10, 10, 10, 255, 200, 200, 200, 0));
}

TEST(ReadPhotoTest, FormatIsToldByContentNotByName) {
  const testing::TempDir dir;
  const Image8 image = Gradient(20, 16, 3);
  WriteImage(dir / "a.png", image);
  std::filesystem::rename(dir / "a.png", dir / "a.jpg");
  EXPECT_EQ(ReadPhoto(dir / "a.jpg").image.pixels, image.pixels);
}

TEST(ReadPhotoTest, FilesThatAreNoPhotoAreRefusedByName) {
  const testing::TempDir dir;
  WriteBytes(dir / "empty.jpg", "");
  WriteBytes(dir / "text.JPG", "this is a text file with a photo's name\n");
  WriteBytes(dir / "short.jpg", "\xff\xd8");
  WriteBytes(dir / "header.jpg", std::string("\xff\xd8\xff\xe0\0\x10JFIF", 10));
  std::filesystem::create_directories(dir / "folder.jpg");
  const std::pair<const char*, const char*> cases[] = {{"missing.jpg", "does not exist"},
                                                       {"empty.jpg", "is empty"},
                                                       {"text.JPG", "is not an image that can be read"},
                                                       {"short.jpg", "is not an image that can be read"},
                                                       {"header.jpg", "is not an image that can be read"},
                                                       {"folder.jpg", "is not a file"}};
  for (const auto& [name, message] : cases) {
    const std::string path = dir / name;
    EXPECT_THAT(ErrorMessageOf([&] { ReadPhotoInfo(path); }), HasSubstr(path + ": " + message));
    EXPECT_THAT(ErrorMessageOf([&] { ReadPhoto(path); }), HasSubstr(path + ": " + message));
  }
}

TEST(WriteImageTest, RefusesWhatItCannotWriteAndLeavesNothingBehind) {
  const testing::TempDir dir;
  EXPECT_THAT(ErrorMessageOf([&] { WriteImage(dir / "a.bmp", Gradient(8, 8, 3)); }), HasSubstr("a.bmp"));
  EXPECT_THAT(ErrorMessageOf([&] { WriteImage(dir / "a.jpg", Gradient(8, 8, 4)); }), HasSubstr("no transparency"));
  EXPECT_THAT(ErrorMessageOf([&] { WriteImage(dir / "none/a.png", Gradient(8, 8, 3)); }), HasSubstr("folder"));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

}  // namespace
}  // namespace splat::data
