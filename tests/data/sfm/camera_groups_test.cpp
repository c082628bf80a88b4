#include "data/sfm/camera_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "data/photos/image_io.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/exif_bytes.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SfmPhoto Photo(const std::string& name, int width, int height, const std::string& camera = "") {
  SfmPhoto photo;
  photo.name = name;
  photo.width = width;
  photo.height = height;
  photo.camera = camera;
  return photo;
}

std::vector<SfmPhoto> Series(size_t count) {
  std::vector<SfmPhoto> photos;
  for (size_t i = 0; i < count; ++i) photos.push_back(Photo("p" + std::to_string(i), 60, 40, "maker"));
  return photos;
}

TEST(GroupByCamera, SharesOneCameraAmongPhotosOfOneSizeAndCamera) {
  const std::vector<CameraGroup> groups = GroupByCamera(Series(kPhotosForOpenCvModel), {});
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_TRUE(groups[0].shared);
  EXPECT_EQ(groups[0].model, "OPENCV");
  EXPECT_EQ(groups[0].names.size(), kPhotosForOpenCvModel);
  EXPECT_EQ(GroupByCamera(Series(kPhotosForOpenCvModel - 1), {})[0].model, "SIMPLE_RADIAL");
}

TEST(GroupByCamera, SeparatesSizesOrientationsAndCamerasAndGivesSinglesTheirOwn) {
  const std::vector<CameraGroup> groups =
      GroupByCamera({Photo("a", 60, 40, "x"), Photo("b", 40, 60, "x"), Photo("c", 60, 40, "x"), Photo("d", 60, 40, "y"),
                     Photo("e", 40, 60, "x"), Photo("f", 70, 50, "x"), Photo("broken", 0, 0)},
                    {});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_THAT(groups[0].names, ElementsAre("b", "e"));
  EXPECT_THAT(groups[1].names, ElementsAre("a", "c"));
  EXPECT_TRUE(groups[0].shared && groups[1].shared);
  EXPECT_THAT(groups[2].names, ElementsAre("d", "f"));
  EXPECT_FALSE(groups[2].shared);
}

TEST(GroupByCamera, ObeysTheUser) {
  SfmOptions options;
  options.camera_model = "FULL_OPENCV";
  options.single_camera = "no";
  const std::vector<CameraGroup> each = GroupByCamera(Series(30), options);
  ASSERT_EQ(each.size(), 1u);
  EXPECT_FALSE(each[0].shared);
  EXPECT_EQ(each[0].model, "FULL_OPENCV");
  options.single_camera = "yes";
  EXPECT_TRUE(GroupByCamera({Photo("a", 6, 4, "x"), Photo("b", 6, 4, "y")}, options)[0].shared);
  EXPECT_THAT(testing::ErrorMessageOf([&] {
                GroupByCamera({Photo("a", 6, 4), Photo("b", 4, 6)}, options);
              }),
              HasSubstr("b has 4x6 px and a 6x4"));
  options.single_camera = "maybe";
  EXPECT_THAT(testing::ErrorMessageOf([&] { GroupByCamera({}, options); }), HasSubstr("\"maybe\""));
}

TEST(DescribePhotos, TellsCamerasByExifInPngToo) {
  const testing::TempDir folder;
  WriteImage(folder / "plain.png", Image8(6, 4, 3));
  const std::string png = ReadFile(folder / "plain.png");
  const auto write = [&](const std::string& name, uint32_t focal_length_mm) {
    constexpr uint16_t kFocalLength = 0x920a;
    constexpr size_t kBehindHeader = 8 + 25;
    const std::string exif = testing::TiffStructure({}, {testing::FractionEntry(kFocalLength, focal_length_mm, 1)});
    const std::string size = {0, 0, 0, char(exif.size())};
    testing::WriteBytes(folder / name, png.substr(0, kBehindHeader) + size + "eXIf" + exif + std::string(4, '\0') +
                                           png.substr(kBehindHeader));
  };
  write("wide.png", 28);
  write("also_wide.png", 28);
  write("long.png", 85);
  const std::vector<SfmPhoto> photos =
      DescribePhotos(folder.path(), {"plain.png", "wide.png", "also_wide.png", "long.png"});
  EXPECT_EQ(photos[0].camera, "");
  EXPECT_THAT(photos[1].camera, HasSubstr("28"));
  EXPECT_EQ(photos[2].camera, photos[1].camera);
  EXPECT_THAT(photos[3].camera, HasSubstr("85"));
}

TEST(DescribePhotos, ReadsSizesAndMarksWhatIsNoPhoto) {
  const testing::TempDir folder;
  WriteImage(folder / "a [1] ö.png", Image8(6, 4, 3));
  std::ofstream(folder / "b.jpg") << "no photo";
  const std::vector<SfmPhoto> photos = DescribePhotos(folder.path(), {"a [1] ö.png", "b.jpg"});
  ASSERT_EQ(photos.size(), 2u);
  EXPECT_EQ(photos[0].width, 6);
  EXPECT_EQ(photos[0].height, 4);
  EXPECT_GT(photos[0].bytes, 0u);
  EXPECT_NE(photos[0].modified, 0);
  EXPECT_EQ(photos[1].width, 0);
  EXPECT_EQ(photos[1].bytes, 8u);
}

}  // namespace
}  // namespace splat::data
