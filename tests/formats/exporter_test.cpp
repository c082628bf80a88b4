#include "formats/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "io/atomic_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::ErrorMessageOf;
using ::splat::testing::ExpectEqualBits;
using ::splat::testing::RandomCloud;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBytes;
using ::testing::HasSubstr;

TEST(Exporters, AreFoundByNameAndByTheEndOfAFileName) {
  EXPECT_EQ(ExporterNamed("ply").extension, ".ply");
  EXPECT_EQ(ExporterFor("some folder/Scene (1).PLY").name, "ply");
  EXPECT_EQ(ExporterFor("scene.compressed.ply").name, "compressed.ply");
  for (const Exporter& exporter : Exporters()) {
    EXPECT_EQ(&ExporterNamed(exporter.name), &exporter);
    EXPECT_EQ(&ExporterFor("scene" + exporter.extension), &exporter);
    EXPECT_THAT(ExporterNames(), HasSubstr(exporter.name));
  }
}

TEST(Exporters, AnUnknownNameIsRefusedWithThoseThereAre) {
  EXPECT_THAT(ErrorMessageOf([] { ExporterNamed("obj"); }), HasSubstr("'obj' is no format; use one of ply"));
  EXPECT_THAT(ErrorMessageOf([] { ExporterFor("scene.obj"); }), HasSubstr("scene.obj: its name ends in none"));
  EXPECT_THAT(ErrorMessageOf([] { ExporterFor(".ply"); }), HasSubstr(".ply"));
}

// The table is true of every format, and the user hears of a mark that viewers do not find.
TEST(WriteScene, KeepsTheMarkOfAntialiasedScenesAsTheTableSaysAndWarnsOtherwise) {
  TempDir folder;
  SplatCloud cloud = RandomCloud(20, 1);
  for (const Exporter& exporter : Exporters()) {
    if (!WhatLacks(exporter).empty()) continue;
    const std::string path = folder / ("scene" + exporter.extension);
    cloud.traits.antialiasing = Antialiasing::kCompensated;
    const WrittenScene marked = WriteScene(path, exporter, SplatSelection(cloud.View()));
    const bool has_mark = exporter.antialiased_mark != AntialiasedMark::kNone;
    EXPECT_EQ(ReadScene(path).traits.antialiasing, CompensatedIf(has_mark)) << path;
    EXPECT_EQ(marked.warning.empty(), exporter.antialiased_mark == AntialiasedMark::kKnown) << path;
    cloud.traits.antialiasing = Antialiasing::kNone;
    EXPECT_EQ(WriteScene(path, exporter, SplatSelection(cloud.View())).warning, "") << path;
    EXPECT_EQ(ReadScene(path).traits.antialiasing, Antialiasing::kNone) << path;
  }
}

TEST(WriteScene, LeavesNothingBehindWhereItCannotWrite) {
  TempDir folder;
  const SplatCloud cloud = RandomCloud(2, 0);
  const std::string message =
      ErrorMessageOf([&] { WriteScene(folder / "missing/scene.ply", ExporterNamed("ply"), AllOf(cloud)); });
  EXPECT_THAT(message, HasSubstr("missing/scene.ply"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(WriteScene, AFormatsRefusalNamesTheFile) {
  TempDir folder;
  const SplatCloud cloud = RandomCloud(2, 0);
  const Exporter refusing = {"no", ".no", "", [](std::ostream&, const SplatSelection&, const ExportOptions&) {
                               throw Error("the format cannot hold this");
                             }};
  EXPECT_EQ(ErrorMessageOf([&] { WriteScene(folder / "a.no", refusing, AllOf(cloud)); }),
            folder / "a.no" + ": the format cannot hold this");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ReadScene, TheContentDecidesWhereItSaysTheFormat) {
  TempDir folder;
  const SplatCloud cloud = RandomCloud(3, 1);
  WriteScene(folder / "scene (1).ply", ExporterNamed("ply"), AllOf(cloud));
  std::filesystem::rename(folder / "scene (1).ply", folder / "scene.splat");
  ExpectEqualBits(ReadScene(folder / "scene.splat"), cloud);
}

TEST(ReadScene, FindsTheDegreeThatTheTableSaysTheFormatHolds) {
  TempDir folder;
  const SplatCloud cloud = RandomCloud(3, math::kMaxShDegree);
  for (const Exporter& exporter : Exporters()) {
    if (!WhatLacks(exporter).empty()) continue;
    const std::string path = folder / "scene" + exporter.extension;
    WriteScene(path, exporter, AllOf(cloud));
    EXPECT_EQ(math::ShDegreeOf(ReadScene(path).sh_rest_count), exporter.largest_sh_degree) << exporter.name;
  }
}

TEST(ReadScene, NamesWhatItDoesNotKnow) {
  TempDir folder;
  WriteBytes(folder / "notes.txt", "hello");
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder / "notes.txt"); }),
              HasSubstr("notes.txt: is no scene file of a known kind; those are .compressed.ply, .ply, .spz"));
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder / "none.ply"); }), HasSubstr("none.ply: cannot be read"));
}

}  // namespace
}  // namespace splat::formats
