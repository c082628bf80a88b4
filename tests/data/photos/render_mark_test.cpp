#include "data/photos/render_mark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/photos/image_io.h"
#include "data/photos/photo_folder.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Image8 Picture() {
  Image8 image(5, 4, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = uint8_t(37 * i);
  return image;
}

TEST(RenderMark, TheImageIsReadAsItWas) {
  const testing::TempDir folder;
  WriteRender(folder / "a.png", Picture());
  EXPECT_TRUE(IsRender(folder / "a.png"));
  EXPECT_EQ(ReadPhoto(folder / "a.png").image.pixels, Picture().pixels);  // libpng checks the sums of all chunks
  WriteRender(folder / "a.png", Picture());
  EXPECT_THAT(testing::ErrorMessageOf([&] { WriteRender(folder / "b.jpg", Picture()); }), HasSubstr("as .png"));
}

TEST(RenderMark, OthersFilesAreNotReplaced) {
  const testing::TempDir folder;
  WriteImage(folder / "photo.png", Picture());
  EXPECT_FALSE(IsRender(folder / "photo.png"));
  EXPECT_FALSE(IsRender(folder / "none.png"));
  EXPECT_THAT(testing::ErrorMessageOf([&] { WriteRender(folder / "photo.png", Picture()); }),
              HasSubstr("photo.png: exists already and is no render of ours"));
  fs::create_symlink("nowhere", std::string(folder / "link.png"));
  EXPECT_THAT(testing::ErrorMessageOf([&] { CheckNoOtherFile(folder / "link.png"); }), HasSubstr("exists already"));
  CheckNoOtherFile(folder / "none.png");
}

TEST(RenderMark, OnlyRendersAreRemoved) {
  const testing::TempDir folder;
  for (const char* name : {"mixed", "own", "other"}) fs::create_directories(folder / name);
  WriteRender(folder / "mixed/a.png", Picture());
  WriteImage(folder / "mixed/photo.png", Picture());
  fs::create_directories(folder / "mixed/films");
  WriteRender(folder / "own/a.png", Picture());
  WriteRender(folder / "other/a.png", Picture());
  fs::create_directory_symlink("other", std::string(folder / "linked"));
  for (const char* name : {"mixed", "own", "linked", "missing"}) RemoveRenders(folder / name);
  EXPECT_FALSE(fs::exists(folder / "mixed/a.png"));
  EXPECT_TRUE(fs::exists(folder / "mixed/photo.png"));
  EXPECT_TRUE(fs::exists(folder / "mixed/films"));
  EXPECT_FALSE(fs::exists(folder / "own"));
  EXPECT_TRUE(fs::exists(folder / "other/a.png")) << "behind a link";
}

TEST(RenderMark, RendersAmongPhotosAreNoPhotosAndAreOnesByThemselves) {
  const testing::TempDir folder;
  fs::create_directories(folder / "views");
  WriteRender(folder / "views/a.png", Picture());
  WriteRender(folder / "orbit_0.png", Picture());
  EXPECT_THAT(ListPhotosAndMasks(folder / ".").photos, ElementsAre("orbit_0.png", "views/a.png"));
  WriteImage(folder / "photo.png", Picture());
  const PhotosAndMasks parted = ListPhotosAndMasks(folder / ".");
  EXPECT_THAT(parted.photos, ElementsAre("photo.png"));
  EXPECT_THAT(parted.others, ElementsAre("orbit_0.png", "views/a.png"));
}

}  // namespace
}  // namespace splat::data
