#include "pipeline/output_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "data/photos/render_mark.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using testing::ErrorMessageOf;
using ::testing::HasSubstr;

TEST(OutputFolder, FilesThatARunWouldReplaceAreNotReplacedUnasked) {
  for (const char* file : {"cameras.json", "config.json", "metrics.json", "photo_colors.json", "scene_transform.json",
                           "scene.page.sog", "scene.spz"}) {
    const testing::TempDir folder;
    testing::WriteBytes(folder / file, "somebody's");
    EXPECT_THAT(ErrorMessageOf([&] { OutputFolder(folder.path(), false); }), HasSubstr("--overwrite")) << file;
    const OutputFolder output(folder.path(), true);
  }
}

TEST(OutputFolder, OfAFolderCalledRendersOnlyRendersAreRemoved) {
  const testing::TempDir folder;
  const OutputFolder output(folder.path(), true);
  fs::create_directories(folder / "renders/films");
  testing::WriteBytes(folder / "renders/holiday.png", "a photo");
  data::WriteRender(folder / "renders/a_render.png", Image8(4, 3, 3));
  output.RemoveOldResults({}, {});
  EXPECT_FALSE(fs::exists(folder / "renders/a_render.png"));
  EXPECT_TRUE(fs::exists(folder / "renders/holiday.png"));
  EXPECT_TRUE(fs::exists(folder / "renders/films"));
}

TEST(OutputFolder, ImagesOfOthersInRendersAreToldBeforeTheWork) {
  const testing::TempDir folder;
  const OutputFolder output(folder.path(), true);
  output.CheckTakesRenders();
  fs::create_directories(folder / "renders");
  data::WriteRender(folder / "renders/a_render.png", Image8(4, 3, 3));
  testing::WriteBytes(folder / "renders/film.mp4", "a film");
  output.CheckTakesRenders();
  testing::WriteBytes(folder / "renders/b_photo.png", "a photo");
  EXPECT_THAT(ErrorMessageOf([&] { output.CheckTakesRenders(); }), HasSubstr("renders/b_photo.png: exists already"));
  fs::remove_all(folder / "renders");
  testing::WriteBytes(folder / "renders", "a file");
  EXPECT_THAT(ErrorMessageOf([&] { output.CheckTakesRenders(); }), HasSubstr("renders: is no folder"));
}

TEST(OutputFolder, PhotosThatLieWhereRendersGoAreRefused) {
  const testing::TempDir folder;
  const OutputFolder output(folder.path(), true);
  fs::create_directories(folder / "renders/images");
  fs::create_directories(folder / "renders_2");
  for (const char* photos : {"renders", "renders/", "renders/images", "renders_2/../renders"}) {
    EXPECT_THAT(ErrorMessageOf([&] { output.CheckHoldsNoPhotos(folder / photos); }),
                AllOf(HasSubstr("its folder renders"), HasSubstr("choose another folder")))
        << photos;
  }
  output.CheckHoldsNoPhotos(folder / "renders_2");
  output.CheckHoldsNoPhotos(folder.path());
}

}  // namespace
}  // namespace splat::pipeline
