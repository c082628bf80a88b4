#include "data/photos/photo_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/photos/folder_files.h"
#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

TEST(PhotoExtensions, MessagesListAll) {
  const std::string text = ", " + PhotoExtensionsText() + ",";
  for (const std::string_view extension : kPhotoExtensions) {
    EXPECT_NE(text.find(", " + std::string(extension.substr(1)) + ","), std::string::npos) << extension;
  }
}

using ::testing::ElementsAre;
using testing::ErrorMessageOf;
using ::testing::HasSubstr;
using testing::WriteBytes;

TEST(ListPhotosTest, FindsPhotosOfAnyCaseInSubfoldersSortedBytewiseWithoutHiddenOnes) {
  const testing::TempDir dir;
  std::filesystem::create_directories(dir / "b [1]/deep");
  std::filesystem::create_directories(dir / ".cache");
  for (const char* name : {"z.JPG", "a.jpeg", "b [1]/deep/größe 2.png", "b [1]/x.TIFF", "c.webp", "d.tif", "note.txt",
                           ".hidden.jpg", ".cache/e.jpg", "jpg"}) {
    WriteBytes(dir / name, "x");
  }
  std::filesystem::create_directories(dir / "folder.png");
  EXPECT_THAT(ListPhotos(dir.path()),
              ElementsAre("a.jpeg", "b [1]/deep/größe 2.png", "b [1]/x.TIFF", "c.webp", "d.tif", "z.JPG"));
  EXPECT_EQ(ListPhotos(dir.path() + "/").size(), 6u);
}

TEST(ListPhotosTest, MissingFolderIsAnErrorThatNamesIt) {
  EXPECT_THAT(ErrorMessageOf([] { ListPhotos("/nowhere/photos"); }), HasSubstr("/nowhere/photos: is not a folder"));
}

TEST(ListPhotosTest, FilesThatArePassedOverAreCountedAndNamedInOneLine) {
  const testing::TempDir dir;
  std::filesystem::create_directories(dir / "more");
  for (const char* name : {"a.jpg", "b.HEIC", "more/c.heic", "d.CR2", "e.nef", "f.mp4", "g.bmp", "h.jxl", "note.txt"}) {
    WriteBytes(dir / name, "x");
  }
  const std::string line = DescribePassedOver(dir.path());
  for (const char* part : {": passed over 2 .heic files: convert them with heif-convert",
                           "1 .cr2 file, 1 .nef file: ", "1 .mp4 file: ", "ffmpeg", "1 .bmp file: ", "1 .jxl file: "}) {
    EXPECT_THAT(line, HasSubstr(part));
  }
  EXPECT_EQ(line.find("txt"), std::string::npos);
  EXPECT_EQ(line.find("jpg file"), std::string::npos);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(DescribePassedOver(dir / "more").find(dir / "more"), 0U);
  std::filesystem::remove(dir / "more/c.heic");
  EXPECT_EQ(DescribePassedOver(dir / "more"), "");
}

TEST(ListPhotosTest, AVideoInsteadOfAFolderSaysHowToMakePhotosOfIt) {
  const testing::TempDir dir;
  WriteBytes(dir / "clip.MP4", "x");
  WriteBytes(dir / "photo.jpg", "x");
  EXPECT_THAT(ErrorMessageOf([&] { ListPhotos(dir / "clip.MP4"); }),
              HasSubstr("clip.MP4: is a video; make photos of a video with ffmpeg -i"));
  EXPECT_THAT(ErrorMessageOf([&] { ListPhotos(dir / "photo.jpg"); }),
              HasSubstr("photo.jpg: is a file; give the folder"));
}

}  // namespace
}  // namespace splat::data
