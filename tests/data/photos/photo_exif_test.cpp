#include "data/photos/photo_exif.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/exif_bytes.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using testing::ExifSegment;
using testing::FractionEntry;
using testing::kExifExposureIndex;
using testing::kExifExposureTime;
using testing::kExifFNumber;
using testing::kExifIso;
using testing::LongEntry;
using testing::ShortEntry;
using Entries = std::vector<testing::ExifEntry>;

std::vector<uint8_t> Segment(const std::string& text) {
  return {text.begin(), text.end()};
}

ExposureSettings ExposureOf(const Entries& entries) {
  return ParseExif(Segment(ExifSegment({}, entries))).value().exposure;
}

const Entries kExposure = {FractionEntry(kExifExposureTime, 1, 250), FractionEntry(kExifFNumber, 56, 10),
                           ShortEntry(kExifIso, 800)};

void ExpectExposure(const ExposureSettings& exposure) {
  constexpr double kFloats = 1e-6;  // as libtiff may keep them
  EXPECT_NEAR(exposure.time_s, 1.0 / 250, kFloats);
  EXPECT_NEAR(exposure.f_number, 5.6, kFloats);
  EXPECT_EQ(exposure.iso, 800);
}

TEST(ParseExif, ReadsOrientationAndExposure) {
  const auto exif = ParseExif(Segment(ExifSegment({ShortEntry(testing::kExifOrientation, 6)}, kExposure)));
  ASSERT_TRUE(exif.has_value());
  EXPECT_EQ(exif->orientation, 6);
  EXPECT_EQ(exif->camera, "");
  ExpectExposure(exif->exposure);
}

TEST(ParseExif, FractionsWithoutADenominatorAreNotThere) {
  for (const uint32_t numerator : {0u, 1u, 4294967295u}) {
    const ExposureSettings exposure =
        ExposureOf({FractionEntry(kExifExposureTime, numerator, 0), FractionEntry(kExifFNumber, numerator, 0)});
    EXPECT_EQ(exposure.time_s, 0);
    EXPECT_EQ(exposure.f_number, 0);
    EXPECT_EQ(exposure.iso, 0);
  }
}

TEST(ParseExif, AnIsoBeyond16BitsIsInAnotherTag) {
  EXPECT_EQ(ExposureOf({ShortEntry(kExifIso, 65535), LongEntry(kExifExposureIndex, 102400)}).iso, 102400);
  EXPECT_EQ(ExposureOf({ShortEntry(kExifIso, 65535)}).iso, 0);
  EXPECT_EQ(ExposureOf({ShortEntry(kExifIso, 200), LongEntry(kExifExposureIndex, 102400)}).iso, 200);
}

TEST(ParseExif, OfWhatIsNoExifOrEndsEarlyIsHarmless) {
  EXPECT_FALSE(ParseExif({}).has_value());
  EXPECT_FALSE(ParseExif(Segment("http://ns.adobe.com/xap/1.0/")).has_value());
  const std::string whole = ExifSegment({}, kExposure);
  for (size_t size = 6; size < whole.size(); ++size) {
    const auto exif = ParseExif(Segment(whole.substr(0, size)));
    EXPECT_FALSE(exif && ExposureStops(exif->exposure) &&
                 ExposureStops(exif->exposure) != ExposureStops(ExposureOf(kExposure)))
        << "no other exposure of the first " << size << " bytes";
  }
}

// A photo of each format that has the EXIF.
class PhotoInfoExif : public ::testing::Test {
 protected:
  PhotoInfo Of(const std::string& name, const std::string& bytes) const {
    testing::WriteBytes(folder_ / name, bytes);
    return ReadPhotoInfo(folder_ / name);
  }
  std::string Photo(const std::string& name) const {
    WriteImage(folder_ / name, Image8(48, 32, 3));
    return ReadFile(folder_ / name);
  }
  const std::string tiff_ = testing::TiffStructure({ShortEntry(testing::kExifOrientation, 6)}, kExposure);
  const testing::TempDir folder_;
};

std::string BigEndian(uint32_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(char(value >> (8 * i)));
  return text;
}

TEST_F(PhotoInfoExif, OfJpegIsThatOfTheFirstSegmentThatIsExif) {
  const auto segment = [](const std::string& bytes) {
    return "\xff\xe1" + BigEndian(uint32_t(bytes.size() + 2), 2) + bytes;
  };
  const std::string jpeg = Photo("plain.jpg"), exif("Exif\0\0", 6);
  const std::string other = testing::TiffStructure({}, {ShortEntry(kExifIso, 50)});
  const PhotoInfo info = Of("a.jpg", jpeg.substr(0, 2) + segment("http://ns.adobe.com/xap/1.0/") +
                                         segment(exif + tiff_) + segment(exif + other) + jpeg.substr(2));
  EXPECT_EQ(info.exif_orientation, 6);
  ExpectExposure(info.exposure);
  EXPECT_FALSE(ExposureStops(Of("plain.jpg", jpeg).exposure));
}

TEST_F(PhotoInfoExif, OfPngIsThatOfItsChunk) {
  const std::string png = Photo("plain.png");
  constexpr size_t kBehindHeader = 8 + 25;
  const std::string chunk = BigEndian(uint32_t(tiff_.size()), 4) + "eXIf" + tiff_ + std::string(4, '\0');
  const PhotoInfo info = Of("a.png", png.substr(0, kBehindHeader) + chunk + png.substr(kBehindHeader));
  EXPECT_EQ(info.exif_orientation, 6);
  ExpectExposure(info.exposure);
}

TEST_F(PhotoInfoExif, OfWebpIsThatOfItsChunk) {
  const std::string padding(tiff_.size() % 2, '\0');
  const std::string exif = "EXIF" + testing::Bytes(uint32_t(tiff_.size())) + tiff_ + padding;
  const std::string extended = "VP8X" + testing::Bytes<uint32_t>(10) + std::string("\x08\0\0\0\x2f\0\0\x1f\0\0", 10);
  const std::string body = "WEBP" + extended + exif;  // what is read of it: no image is decoded here
  const PhotoInfo info = Of("a.webp", "RIFF" + testing::Bytes(uint32_t(body.size())) + body);
  EXPECT_EQ(info.width, 48);
  EXPECT_EQ(info.height, 32);
  EXPECT_EQ(info.exif_orientation, 6);
  ExpectExposure(info.exposure);
}

TEST_F(PhotoInfoExif, OfTiffIsThatOfItsDirectory) {
  const Entries image = {ShortEntry(256, 48), ShortEntry(257, 32),    ShortEntry(258, 8), ShortEntry(259, 1),
                         ShortEntry(262, 1),  LongEntry(273, 8),      ShortEntry(274, 6), ShortEntry(277, 1),
                         ShortEntry(278, 32), LongEntry(279, 48 * 32)};
  const PhotoInfo info = Of("a.tif", testing::TiffStructure(image, kExposure) + std::string(48 * 32, '\0'));
  EXPECT_EQ(info.width, 48);
  EXPECT_EQ(info.exif_orientation, 6);
  ExpectExposure(info.exposure);
  const PhotoInfo broken =
      Of("b.tif",
         testing::TiffStructure(image, {FractionEntry(kExifExposureTime, 1, 0), FractionEntry(kExifFNumber, 0, 0)}) +
             std::string(48 * 32, '\0'));
  EXPECT_EQ(broken.width, 48);
  EXPECT_FALSE(ExposureStops(broken.exposure));
}

}  // namespace
}  // namespace splat::data
