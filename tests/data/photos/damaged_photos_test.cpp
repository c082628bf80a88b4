// Photos that end early or are damaged: what of them is read, and what is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using testing::ErrorMessageOf;
using ::testing::HasSubstr;
using testing::WriteBytes;

Image8 Noise(int width, int height) {
  Image8 image(width, height, 3);
  Random random(5);
  for (uint8_t& value : image.pixels) value = uint8_t(random.Below(256));
  return image;
}

TEST(ReadPhotoTest, TruncatedPngAndWebpAreRefusedAlreadyByTheirHeader) {
  const testing::TempDir dir;
  WriteImage(dir / "a.png", Noise(200, 100));
  ASSERT_TRUE(cv::imwrite(dir / "a.webp", cv::imread(dir / "a.png")));
  for (const char* name : {"a.png", "a.webp"}) {
    const std::string path = dir / name, whole = ReadFile(path);
    for (double part : {0.3, 0.5, 0.99}) {
      WriteBytes(path, whole.substr(0, size_t(double(whole.size()) * part)));
      EXPECT_THAT(ErrorMessageOf([&] { ReadPhotoInfo(path); }), HasSubstr(path + ": is not an image that can be read"));
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
      EXPECT_THAT(error.what(), HasSubstr("a.jpg: is not an image that can be read"));
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
      EXPECT_THAT(error.what(), HasSubstr("a.jpg: is not an image that can be read")) << part;
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

}  // namespace
}  // namespace splat::data
