#include "capture/exif_writer.h"

#include <gtest/gtest.h>
#include <libexif/exif-data.h>

#include <memory>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "tests/support/temp_dir.h"

namespace splat::capture {
namespace {

using testing::TempDir;

std::string SmallJpeg(const TempDir& folder) {
  Image8 image(16, 8, 3);
  data::WriteImage(folder / "plain.jpg", image);
  return ReadFile(folder / "plain.jpg");
}

const ExifTags kTags = {"Maker", "A model", 16, 8, 6, 5.321, 31, 0.0125, 2.8, 400};

TEST(WithExif, IsReadBackByLibexif) {
  const TempDir folder;
  const std::string jpeg = WithExif(SmallJpeg(folder), kTags);
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(
      exif_data_new_from_data(reinterpret_cast<const unsigned char*>(jpeg.data()), unsigned(jpeg.size())),
      exif_data_unref);
  ASSERT_TRUE(data);
  const auto entry = [&](ExifIfd ifd, ExifTag tag) { return exif_content_get_entry(data->ifd[ifd], tag); };
  const ExifByteOrder order = exif_data_get_byte_order(data.get());
  ASSERT_TRUE(entry(EXIF_IFD_0, EXIF_TAG_MODEL));
  EXPECT_STREQ(reinterpret_cast<const char*>(entry(EXIF_IFD_0, EXIF_TAG_MAKE)->data), "Maker");
  EXPECT_STREQ(reinterpret_cast<const char*>(entry(EXIF_IFD_0, EXIF_TAG_MODEL)->data), "A model");
  EXPECT_EQ(exif_get_short(entry(EXIF_IFD_0, EXIF_TAG_ORIENTATION)->data, order), 6);
  EXPECT_EQ(exif_get_short(entry(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH_IN_35MM_FILM)->data, order), 31);
  const ExifRational focal = exif_get_rational(entry(EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH)->data, order);
  EXPECT_EQ(focal.numerator, 5321u);
  EXPECT_EQ(focal.denominator, 1000u);
  EXPECT_EQ(exif_get_long(entry(EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION)->data, order), 16u);
}

TEST(WithExif, LeavesTheImageAndTellsOurReaderWhatItNeeds) {
  const TempDir folder;
  const std::string plain = SmallJpeg(folder);
  WriteFileAtomically(folder / "tagged.jpg", [&](std::ostream& stream) { stream << WithExif(plain, kTags); });
  EXPECT_EQ(data::ReadPhotoInfo(folder / "plain.jpg").exif_orientation, 1);
  const data::PhotoInfo tagged = data::ReadPhotoInfo(folder / "tagged.jpg");
  EXPECT_EQ(tagged.exif_orientation, 6);
  EXPECT_EQ(tagged.exif_camera, "Maker, A model, 5.3 mm");
  EXPECT_EQ(tagged.exposure.time_s, 0.0125);
  EXPECT_EQ(tagged.exposure.f_number, 2.8);
  EXPECT_EQ(tagged.exposure.iso, 400);
  EXPECT_EQ(data::ReadPhoto(folder / "tagged.jpg").image.pixels, data::ReadPhoto(folder / "plain.jpg").image.pixels);
}

TEST(WithExif, RefusesWhatIsNoJpeg) {
  EXPECT_THROW(WithExif("\x89PNG....", kTags), Error);
}

}  // namespace
}  // namespace splat::capture
