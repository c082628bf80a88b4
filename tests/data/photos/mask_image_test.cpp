#include "data/photos/mask_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <opencv2/imgcodecs.hpp>

#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

const PhotoInfo kPhoto = {40, 20, 1, 8};

// An image whose left half has one colour and whose right half another one.
Image8 Halves(int width, int height, const std::vector<uint8_t>& left, const std::vector<uint8_t>& right) {
  Image8 image(width, height, int(left.size()));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) std::copy_n((2 * x < width ? left : right).begin(), left.size(), image.At(x, y));
  }
  return image;
}

class MaskImageTest : public ::testing::Test {
 protected:
  PhotoMask Write(const Image8& image, const std::string& name = "mask.png") {
    WriteImage(folder_ / name, image);
    return {folder_ / name};
  }
  // Whether the left half is kept, and the right one is not.
  void ExpectLeftHalf(const PhotoMask& mask, const std::string& what) {
    const Image8 kept = ReadMask(mask, kPhoto);
    EXPECT_EQ(kept.channels, 1) << what;
    EXPECT_EQ(kept.pixels, Halves(kept.width, kept.height, {255}, {0}).pixels) << what;
  }
  testing::TempDir folder_;
};

TEST_F(MaskImageTest, WhatIsAboveHalfOfWhiteIsKept) {
  ExpectLeftHalf(Write(Halves(40, 20, {255}, {0})), "grey");
  ExpectLeftHalf(Write(Halves(40, 20, {130}, {120})), "greys around the half");
  ExpectLeftHalf(Write(Halves(40, 20, {0, 255, 0}, {0, 0, 0})), "a colour");
  ExpectLeftHalf(Write(Halves(40, 20, {128, 0, 0}, {0, 0, 0})), "a dark colour, as palettes have it");
  ExpectLeftHalf(Write(Halves(40, 20, {255}, {0}), "mask.jpg"), "JPEG, with its rounding");
}

TEST_F(MaskImageTest, NumbersOfClassesAreKeptUnlessTheyAreZero) {
  ExpectLeftHalf(Write(Halves(40, 20, {1}, {0})), "0 and 1");
}

TEST_F(MaskImageTest, ATransparencyThatVariesIsTheMask) {
  ExpectLeftHalf(Write(Halves(40, 20, {0, 0, 0, 255}, {0, 0, 0, 0})), "black, cut out");
  ExpectLeftHalf(Write(Halves(40, 20, {255, 255, 255, 200}, {255, 255, 255, 20})), "white, cut out");
  ExpectLeftHalf(Write(Halves(40, 20, {255, 255, 255, 255}, {0, 0, 0, 255})), "opaque, so the colours count");
}

TEST_F(MaskImageTest, SixteenBitsAndOneBitAreRead) {
  cv::Mat deep(20, 40, CV_16UC1, cv::Scalar(0));
  deep.colRange(0, 20).setTo(65535);
  cv::imwrite(folder_ / "deep.png", deep);
  ExpectLeftHalf({folder_ / "deep.png"}, "16 bits");
  deep.colRange(0, 20).setTo(32768);
  deep.colRange(20, 40).setTo(32767);
  cv::imwrite(folder_ / "deep.png", deep);
  ExpectLeftHalf({folder_ / "deep.png"}, "16 bits, rounded");
  deep.colRange(0, 20).setTo(129);
  deep.colRange(20, 40).setTo(128);
  cv::imwrite(folder_ / "deep.png", deep);
  ExpectLeftHalf({folder_ / "deep.png"}, "16 bits, of next to nothing");
  cv::Mat flat(20, 40, CV_8UC1, cv::Scalar(0));
  flat.colRange(0, 20).setTo(255);
  cv::imwrite(folder_ / "flat.png", flat, {cv::IMWRITE_PNG_BILEVEL, 1});
  ExpectLeftHalf({folder_ / "flat.png"}, "1 bit");
}

TEST_F(MaskImageTest, InvertedMasksKeepWhatIsBlack) {
  PhotoMask mask = Write(Halves(40, 20, {0}, {255}));
  mask.inverted = true;
  ExpectLeftHalf(mask, "inverted");
}

TEST_F(MaskImageTest, TheTransparencyOfThePhotoItselfMayBeTheMask) {
  PhotoMask mask = Write(Halves(40, 20, {9, 9, 9, 255}, {200, 200, 200, 0}));
  mask.is_photo = true;
  ExpectLeftHalf(mask, "its colours say nothing");
  mask = Write(Halves(40, 20, {9, 9, 9, 100}, {9, 9, 9, 20}));
  mask.is_photo = true;
  EXPECT_THAT(ReadMask(mask, kPhoto).pixels, Each(0)) << "more transparent than opaque, as the training sees it";
  mask = Write(Halves(40, 20, {9, 9, 9}, {200, 200, 200}));
  mask.is_photo = true;
  EXPECT_THAT(ReadMask(mask, kPhoto).pixels, Each(255)) << "a photo without transparency is kept whole";
}

TEST_F(MaskImageTest, AnySizeOfTheSameAspectIsTaken) {
  ExpectLeftHalf(Write(Halves(10, 5, {255}, {0})), "a fourth");
  ExpectLeftHalf(Write(Halves(80, 40, {255}, {0})), "twice");
}

TEST_F(MaskImageTest, AMaskOfTheTurnedPhotoIsTurnedBack) {
  Image8 upright(20, 40, 1);  // its upper half is kept
  std::fill_n(upright.pixels.begin(), 20 * 20, uint8_t(255));
  const PhotoMask mask = Write(upright);
  // Orientation 6: what is stored at the left is shown on top.
  EXPECT_EQ(ReadMask(mask, {40, 20, 6, 8}).pixels, Halves(40, 20, {255}, {0}).pixels);
  EXPECT_EQ(ReadMask(mask, {40, 20, 8, 8}).pixels, Halves(40, 20, {0}, {255}).pixels);
  EXPECT_THAT(ErrorMessageOf([&] { ReadMask(mask, kPhoto); }), HasSubstr("mask.png: is 20x40 px, another aspect"));
}

TEST_F(MaskImageTest, WhatIsNoMaskIsRefusedByName) {
  splat::testing::WriteBytes(folder_ / "empty.png", "");
  EXPECT_THAT(ErrorMessageOf([&] { ReadMask({folder_ / "empty.png"}, kPhoto); }), HasSubstr("empty.png"));
  splat::testing::WriteBytes(folder_ / "text.png", "no image");
  EXPECT_THAT(ErrorMessageOf([&] { ReadMask({folder_ / "text.png"}, kPhoto); }), HasSubstr("text.png"));
  EXPECT_THAT(ErrorMessageOf([&] { ReadMask({folder_ / "none.png"}, kPhoto); }), HasSubstr("none.png"));
  const std::string cut = ReadFile(Write(Image8(64, 32, 1)).path);
  splat::testing::WriteBytes(folder_ / "photo_cut.png", cut.substr(0, cut.size() - 20));
  for (const char* name : {"empty.png", "text.png", "photo_cut.png"}) {
    const std::string message = ErrorMessageOf([&] { ReadMask({folder_ / name}, kPhoto); });
    EXPECT_THAT(message, AnyOf(HasSubstr("is not an image that can be read"), HasSubstr("is empty (0 bytes)")));
    EXPECT_THAT(message.substr(message.find(name) + 9), Not(HasSubstr("photo"))) << "it is a mask";
  }
}

// Photos of another kind, or depth images, in a folder that is named masks.
TEST_F(MaskImageTest, AnImageIsNoMask) {
  Image8 image(256, 128, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = uint8_t(i / 3 % 256);
  const std::string message = ErrorMessageOf([&] { ReadMask(Write(image), {256, 128, 1, 8}); });
  EXPECT_THAT(message, HasSubstr("mask.png: is no mask but an image"));
  for (size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = uint8_t(std::max(0, std::min(255, int(i / 3 % 256) * 8 - 800)));
  EXPECT_EQ(ReadMask(Write(image), {256, 128, 1, 8}).width, 256) << "with soft edges";
}

TEST_F(MaskImageTest, TellsHowMuchIsKeptAndOfTheMiddle) {
  Image8 mask(30, 30, 1);
  for (int y = 10; y < 20; ++y) std::fill_n(mask.At(10, y), 10, uint8_t(255));
  EXPECT_DOUBLE_EQ(ShareKept(mask).all, 1.0 / 9);
  EXPECT_DOUBLE_EQ(ShareKept(mask).middle, 1);
  EXPECT_DOUBLE_EQ(ShareKept(Image8(1, 1, 1)).middle, 0) << "of any size";
}

}  // namespace
}  // namespace splat::data
