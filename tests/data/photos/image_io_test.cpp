#include "data/photos/image_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/photo_files.h"
#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using testing::ErrorMessageOf;
using ::testing::HasSubstr;
using testing::WriteBytes;

// JPEG at quality 95 of a smooth image: measured 3, of 255.
constexpr int kJpegTolerance = 6;

// Smooth in x and y, different in each channel.
Image8 Gradient(int width, int height, int channels) {
  Image8 image(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int values[4] = {x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height), 40 + x % 200};
      for (int c = 0; c < channels; ++c) image.At(x, y)[c] = uint8_t(values[c]);
    }
  }
  return image;
}

Image8 Noise(int width, int height) {
  Image8 image(width, height, 3);
  Random random(5);
  for (uint8_t& value : image.pixels) value = uint8_t(random.Below(256));
  return image;
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
                                                       {"text.JPG", "is not a photo that can be read"},
                                                       {"short.jpg", "is not a photo that can be read"},
                                                       {"header.jpg", "is not a photo that can be read"},
                                                       {"folder.jpg", "is not a file"}};
  for (const auto& [name, message] : cases) {
    const std::string path = dir / name;
    EXPECT_THAT(ErrorMessageOf([&] { ReadPhotoInfo(path); }), HasSubstr(path + ": " + message));
    EXPECT_THAT(ErrorMessageOf([&] { ReadPhoto(path); }), HasSubstr(path + ": " + message));
  }
}

TEST(ReadPhotoTest, TruncatedPngAndWebpAreRefusedAlreadyByTheirHeader) {
  const testing::TempDir dir;
  WriteImage(dir / "a.png", Noise(200, 100));
  ASSERT_TRUE(cv::imwrite(dir / "a.webp", cv::imread(dir / "a.png")));
  for (const char* name : {"a.png", "a.webp"}) {
    const std::string path = dir / name, whole = ReadFile(path);
    for (double part : {0.3, 0.5, 0.99}) {
      WriteBytes(path, whole.substr(0, size_t(double(whole.size()) * part)));
      EXPECT_THAT(ErrorMessageOf([&] { ReadPhotoInfo(path); }), HasSubstr(path + ": is not a photo that can be read"));
    }
  }
}

TEST(ReadPhotoTest, TruncatedJpegIsMarkedWithTheRowsThatAreMissing) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  WriteImage(path, Noise(160, 320));
  const Image8 whole = ReadPhoto(path).image;
  const std::string bytes = ReadFile(path);
  WriteBytes(path, bytes.substr(0, bytes.size() / 2));
  const DecodedPhoto photo = ReadPhoto(path);
  EXPECT_TRUE(photo.truncated);
  ASSERT_EQ(photo.image.height, 320);
  const size_t quarter = whole.pixels.size() / 4;
  EXPECT_TRUE(
      std::equal(whole.pixels.begin(), whole.pixels.begin() + std::ptrdiff_t(quarter), photo.image.pixels.begin()));
  // Every row that counts is as it was; half of the file is about half of the rows of noise.
  const size_t good = size_t(photo.image.height - photo.missing_rows) * size_t(photo.image.width) * 3;
  EXPECT_TRUE(
      std::equal(whole.pixels.begin(), whole.pixels.begin() + std::ptrdiff_t(good), photo.image.pixels.begin()));
  EXPECT_GT(photo.missing_rows, 130);
  EXPECT_LT(photo.missing_rows, 210);
  EXPECT_EQ(ReadPhotoInfo(path).width, 160);
}

// Smooth, and nowhere near the grey that stands for what is missing.
Image8 Waves(int width, int height) {
  Image8 image(width, height, 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      uint8_t* pixel = image.At(x, y);
      pixel[0] = uint8_t(45 + 25 * std::sin(x / 9.0));
      pixel[1] = uint8_t(215 - y / 6);
      pixel[2] = uint8_t(40 + 20 * std::sin(y / 5.0));
    }
  }
  return image;
}

int WorstOfRows(const Image8& image, const Image8& expected, int first_row, int end_row) {
  int worst = 0;
  const size_t stride = size_t(image.width) * 3;
  for (size_t i = size_t(first_row) * stride; i < size_t(end_row) * stride; ++i) {
    worst = std::max(worst, std::abs(int(image.pixels[i]) - int(expected.pixels[i])));
  }
  return worst;
}

TEST(ReadPhotoTest, TruncatedProgressiveJpegHasTheRowsOfItsCoarseScanOrIsUsedAsItIs) {
  constexpr int kCoarse = 60;   // a block of one colour each, of waves of 25
  constexpr int kMissing = 70;  // as far as the colours are from grey
  constexpr size_t kStep = 37;  // bytes from cut to cut
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  const Image8 photo = Waves(200, 160);
  WriteImage(dir / "a.png", photo);
  ASSERT_TRUE(cv::imwrite(path, cv::imread(dir / "a.png"), {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  const std::string bytes = ReadFile(path);
  int with_missing_rows = 0, less_sharp = 0, left_out = 0;
  for (size_t size = kStep; size < bytes.size() - 2; size += kStep) {
    SCOPED_TRACE(size);
    WriteBytes(path, bytes.substr(0, size));
    DecodedPhoto cut;
    try {
      cut = ReadPhoto(path);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("a.jpg: is not a photo that can be read"));
      EXPECT_EQ(with_missing_rows + less_sharp, 0) << "more bytes are never worse";
      ++left_out;
      continue;
    }
    EXPECT_TRUE(cut.truncated);
    EXPECT_LT(WorstOfRows(cut.image, photo, 0, photo.height - cut.missing_rows), kCoarse);
    // At most the row of blocks that is begun, and those that the decoder blends, are lost with those that are missing.
    const int begun = std::min(photo.height, photo.height - cut.missing_rows + 5 * 16);
    if (begun < photo.height) {
      EXPECT_GT(WorstOfRows(cut.image, photo, begun, photo.height), kMissing);
    }
    EXPECT_TRUE(cut.missing_rows == 0 || less_sharp == 0);
    ++(cut.missing_rows > 0 ? with_missing_rows : less_sharp);
  }
  EXPECT_GT(with_missing_rows, 3);
  EXPECT_GT(less_sharp, 10);
  EXPECT_GT(left_out, 3);
}

TEST(ReadPhotoTest, TruncatedProgressiveJpegNeitherCrashesNorPassesUnnoticed) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  WriteImage(dir / "a.png", Noise(160, 160));
  ASSERT_TRUE(cv::imwrite(path, cv::imread(dir / "a.png"), {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  EXPECT_FALSE(ReadPhoto(path).truncated);
  const std::string bytes = ReadFile(path);
  for (int part = 1; part < 8; ++part) {
    WriteBytes(path, bytes.substr(0, bytes.size() * size_t(part) / 8));
    try {
      EXPECT_TRUE(ReadPhoto(path).truncated) << part;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("a.jpg: is not a photo that can be read")) << part;
    }
  }
}

// What is printed on standard error while `code` runs.
template <typename Code>
std::string PrintedBy(const Code& code) {
  ::testing::internal::CaptureStderr();
  code();
  return ::testing::internal::GetCapturedStderr();
}

// As a download leaves it whose file had its full size before it was broken off. Zeros are data of a flat area.
TEST(ReadPhotoTest, AJpegThatEndsWithZerosIsOneThatEndsBeforeThem) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  WriteImage(path, Noise(160, 320));
  const std::string bytes = ReadFile(path);
  WriteBytes(path, bytes.substr(0, bytes.size() / 2));
  const DecodedPhoto cut = ReadPhoto(path);
  WriteBytes(path, bytes.substr(0, bytes.size() / 2) + std::string(bytes.size() / 2, '\0'));
  const DecodedPhoto zeros = ReadPhoto(path);
  EXPECT_TRUE(zeros.truncated);
  EXPECT_EQ(zeros.missing_rows, cut.missing_rows);
  EXPECT_EQ(zeros.image.pixels, cut.image.pixels);
  WriteBytes(path, bytes + std::string(100, '\0'));
  EXPECT_FALSE(ReadPhoto(path).truncated);
}

// A marker in the middle of the data, which libjpeg would tell the terminal of.
TEST(ReadPhotoTest, AJpegThatIsDamagedInTheMiddleEndsThere) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  WriteImage(path, Noise(160, 320));
  const Image8 whole = ReadPhoto(path).image;
  const std::string bytes = ReadFile(path);
  for (const char marker : {'\xd9', '\xd0', '\xe5'}) {
    std::string damaged = bytes;
    damaged.replace(bytes.size() / 2, 4, std::string("\xff") + marker + std::string("\0\2", 2));
    WriteBytes(path, damaged);
    DecodedPhoto photo;
    EXPECT_EQ(PrintedBy([&] { photo = ReadPhoto(path); }), "");
    EXPECT_TRUE(photo.truncated && photo.damaged);
    EXPECT_GT(photo.missing_rows, 130);
    EXPECT_LT(photo.missing_rows, 210);
    EXPECT_EQ(WorstOfRows(photo.image, whole, 0, photo.image.height - photo.missing_rows), 0);
  }
}

TEST(ReadPhotoTest, AProgressiveJpegThatIsDamagedHasTheScansBeforeThat) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  WriteImage(dir / "a.png", Waves(200, 160));
  ASSERT_TRUE(cv::imwrite(path, cv::imread(dir / "a.png"), {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  const std::string bytes = ReadFile(path);
  const Image8 whole = ReadPhoto(path).image;
  std::string damaged = bytes;
  damaged.replace(bytes.size() - 100, 4, std::string("\xff\xe5\0\2", 4));
  WriteBytes(path, damaged);
  DecodedPhoto photo;
  EXPECT_EQ(PrintedBy([&] { photo = ReadPhoto(path); }), "");
  EXPECT_TRUE(photo.damaged);
  EXPECT_EQ(photo.missing_rows, 0);
  EXPECT_LT(WorstOfRows(photo.image, whole, 0, 160), 40);

  // Bytes before a marker that mean nothing, as some cameras write them, do no harm.
  const size_t scan = bytes.find("\xff\xda", bytes.find("\xff\xda") + 2);
  ASSERT_NE(scan, std::string::npos);
  WriteBytes(path, bytes.substr(0, scan) + std::string(3, '\0') + bytes.substr(scan));
  EXPECT_EQ(PrintedBy([&] { photo = ReadPhoto(path); }), "");
  EXPECT_FALSE(photo.truncated || photo.damaged);
  EXPECT_EQ(photo.image.pixels, whole.pixels);
}

// Whatever happens to a file: an image or one error that names it, and not a word from a library.
TEST(ReadPhotoTest, NothingIsPrintedOfDamagedFiles) {
  constexpr int kDamages = 60;
  const testing::TempDir dir;
  const Image8 image = Waves(64, 80);
  WriteImage(dir / "a.png", image);
  const cv::Mat pixels = cv::imread(dir / "a.png");
  ASSERT_TRUE(cv::imwrite(dir / "baseline.jpg", pixels));
  ASSERT_TRUE(cv::imwrite(dir / "progressive.jpg", pixels, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  ASSERT_TRUE(cv::imwrite(dir / "restarts.jpg", pixels, {cv::IMWRITE_JPEG_RST_INTERVAL, 2}));
  ASSERT_TRUE(cv::imwrite(dir / "a.tif", pixels));
  ASSERT_TRUE(cv::imwrite(dir / "a.webp", pixels));
  Random random(3);
  for (const char* name : {"baseline.jpg", "progressive.jpg", "restarts.jpg", "a.png", "a.tif", "a.webp"}) {
    const std::string path = dir / name, whole = ReadFile(path);
    for (int damage = 0; damage < kDamages; ++damage) {
      std::string bytes = whole;
      for (int i = 0; i < 3; ++i) bytes[8 + random.Below(bytes.size() - 8)] = char(random.Below(256));
      if (damage % 3 == 0) bytes.resize(12 + random.Below(bytes.size() - 12));
      WriteBytes(path, bytes);
      std::string refusal;
      const std::string printed = PrintedBy([&] { refusal = ErrorMessageOf([&] { ReadPhoto(path); }); });
      EXPECT_EQ(printed, "") << name << ", damage " << damage;
      EXPECT_TRUE(refusal.empty() || refusal.rfind(path + ": ", 0) == 0) << refusal;
      EXPECT_EQ(refusal.find('\n'), std::string::npos) << refusal;
    }
  }
}

TEST(ReadPhotoTest, DataAfterTheEndOfAJpegDoesNotCountAsTruncation) {
  const testing::TempDir dir;
  WriteImage(dir / "a.jpg", Noise(64, 64));
  WriteBytes(dir / "b.jpg", ReadFile(dir / "a.jpg") + "a maker's trailer without any marker");
  EXPECT_FALSE(ReadPhoto(dir / "b.jpg").truncated);
  EXPECT_EQ(ReadPhoto(dir / "b.jpg").image.pixels, ReadPhoto(dir / "a.jpg").image.pixels);
}

TEST(ResizeTest, SmallerIsTheMeanOfTheArea) {
  Image8 checks(40, 30, 3);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 40; ++x) std::fill_n(checks.At(x, y), 3, uint8_t((x + y) % 2 ? 255 : 0));
  }
  const Image8 small = ResizeImage(checks, 20, 15);
  for (uint8_t value : small.pixels) ASSERT_NEAR(value, 127.5, 0.6);
  const Image8 same = ResizeImage(checks, 40, 30);
  EXPECT_EQ(same.pixels, checks.pixels);
}

TEST(ResizeTest, KeepsTheImageInPlace) {
  const Image8 large = ResizeImage(Gradient(40, 30, 3), 80, 60);
  const Image8 back = ResizeImage(large, 40, 30);
  const Image8 original = Gradient(40, 30, 3);
  double worst = 0;
  for (size_t i = 0; i < back.pixels.size(); ++i) {
    worst = std::max(worst, std::abs(double(back.pixels[i]) - original.pixels[i]));
  }
  EXPECT_LE(worst, 2.0);  // a shift by half a pixel would be 3.2 in red
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
