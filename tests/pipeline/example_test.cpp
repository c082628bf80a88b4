// The example of docs/library.md is the program that is built here, and it makes a scene.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "io/read_file.h"
#include "tests/support/ball_photos.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat {
namespace {

using ::testing::HasSubstr;

TEST(LibraryExample, StandsInTheDocuments) {
  const std::string source = ReadFile(SPLAT_SOURCE_DIR "/docs/examples/photos_to_scene.cpp");
  const std::string code = source.substr(source.find("#include"));
  EXPECT_THAT(ReadFile(SPLAT_SOURCE_DIR "/docs/library.md"), HasSubstr("```cpp\n" + code + "```"));
}

TEST(LibraryExample, MakesASceneOfPhotos) {
  const testing::TempDir folder;
  testing::WriteBallPhotos(folder / "balls");
  const testing::ProcessOutput run =
      testing::RunProgram({SPLAT_BINARY_DIR "/tests/example_photos_to_scene", folder / "balls", folder / "out"}, 300);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(" splats in " + (folder / "out")));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/scene.ply"));
}

}  // namespace
}  // namespace splat
