#include "formats/exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "io/read_file.h"
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
  const Exporter refusing = {"no", ".no", "", {1, 0}, [](std::ostream&, const SplatSelection&, const ExportOptions&) {
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

TEST(ReadScene, FindsTheBackgroundWhereTheTableSaysThatTheFormatKeepsIt) {
  TempDir folder;
  SplatCloud cloud = RandomCloud(3, 0);
  cloud.traits.background = Rgb{1, 1, 1};
  for (const Exporter& exporter : Exporters()) {
    if (!WhatLacks(exporter).empty()) continue;
    const std::string path = folder / "scene" + exporter.extension;
    WriteScene(path, exporter, AllOf(cloud));
    EXPECT_EQ(ReadScene(path).traits.background.has_value(), exporter.keeps_background) << exporter.name;
  }
}

TEST(ReadScene, NamesWhatItDoesNotKnow) {
  TempDir folder;
  WriteBytes(folder / "notes.txt", "hello");
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder / "notes.txt"); }),
              HasSubstr("notes.txt: is no scene file of a known kind; those are .compressed.ply, .ply, .spz"));
  EXPECT_THAT(ErrorMessageOf([&] { ReadScene(folder / "none.ply"); }), HasSubstr("none.ply: cannot be read"));
}

// 600 splats within 3 units, the last three of which are then moved to `distance`.
SplatCloud WithFarSplats(float distance) {
  SplatCloud cloud = RandomCloud(600, 1);
  for (size_t i = 597 * 3; i < cloud.means.size(); ++i) cloud.means[i] = distance;
  return cloud;
}

TEST(WriteScene, AFewFarSplatsDoNotSpoilTheOthers) {
  const ::splat::testing::TempDir folder;
  for (const char* name : {"compressed.ply", "spz", "sog", "splat", "glb", "ply"}) {
    for (const float distance : {300.0f, 1e5f, 1e8f, -1e8f, 1e30f}) {
      SCOPED_TRACE(name + std::string(" ") + std::to_string(distance));
      const SplatCloud cloud = WithFarSplats(distance);
      const std::string path = folder / (std::string("a.") + name);
      const WrittenScene written = WriteScene(path, ExporterNamed(name), AllOf(cloud));
      const SplatCloud read = ReadScene(path);
      ASSERT_EQ(read.count(), 600 - written.left_out);
      EXPECT_EQ(written.warning.find("lie too far out") != std::string::npos, written.left_out > 0);
      // Each of the near ones has a near one at its place.
      for (int64_t splat = 0; splat < 597; ++splat) {
        float nearest = 1e9f;
        for (int64_t other = 0; other < read.count(); ++other) {
          float error = 0;
          for (int i = 0; i < 3; ++i) {
            error = std::max(error, std::abs(read.means[3 * other + i] - cloud.means[3 * splat + i]));
          }
          nearest = std::min(nearest, error);
        }
        ASSERT_LT(nearest, 0.01f);
      }
    }
  }
}

TEST(WriteScene, ZeroShStaysAsNearToZeroAsTheFormatAllows) {
  const ::splat::testing::TempDir folder;
  SplatCloud plain = RandomCloud(600, 2);
  std::fill(plain.sh_rest.begin(), plain.sh_rest.end(), 0.0f);
  SplatCloud one = plain;
  one.sh_rest[7] = 0.5f;
  for (const char* name : {"compressed.ply", "spz", "sog", "glb", "ply"}) {
    SCOPED_TRACE(name);
    const std::string path = folder / (std::string("a.") + name);
    WriteScene(path, ExporterNamed(name), AllOf(plain));
    for (const float value : ReadScene(path).sh_rest) ASSERT_EQ(value, 0);
    WriteScene(path, ExporterNamed(name), AllOf(one));
    double sum = 0;
    const SplatCloud read = ReadScene(path);
    for (const float value : read.sh_rest) {
      ASSERT_TRUE(std::abs(value) <= 1 / 64.0 || std::abs(value - 0.5) < 1 / 16.0) << value;
      sum += value;
    }
    EXPECT_LT(std::abs(sum / double(read.sh_rest.size())), 1e-3);  // a constant 1/64 would be 0.016
  }
}

TEST(ReadDrawableScene, RefusesASceneThatIsUnusableForTheMostPart) {
  const ::splat::testing::TempDir folder;
  const std::string path = folder / "a.splat", bad(32, '\xff');  // numbers that are none
  WriteScene(path, ExporterNamed("splat"), AllOf(RandomCloud(2, 0)));
  const std::string good = ReadFile(path);
  EXPECT_EQ(ReadDrawableScene(path).count(), 2);
  WriteBytes(path, good + bad + bad);
  EXPECT_EQ(ReadDrawableScene(path).left_out, 2);
  WriteBytes(path, bad + good + bad + bad);
  EXPECT_EQ(ReadScene(path).left_out, 3);
  EXPECT_THAT(ErrorMessageOf([&] { ReadDrawableScene(path); }), HasSubstr(path + ": 3 of its 5 splats have values"));
  WriteScene(folder / "a.ply", ExporterNamed("ply"), AllOf(RandomCloud(0, 0)));
  EXPECT_THAT(ErrorMessageOf([&] { ReadDrawableScene(folder / "a.ply"); }), HasSubstr("a.ply: holds no splat"));
}

// A splat PLY whose header names the other byte order.
TEST(ReadDrawableScene, RefusesBytesInTheOtherOrder) {
  const ::splat::testing::TempDir folder;
  const std::string path = folder / "a.ply";
  WriteScene(path, ExporterNamed("ply"), AllOf(RandomCloud(300, 3)));
  std::string bytes = ReadFile(path);
  bytes.replace(bytes.find("little"), 6, "big");
  WriteBytes(path, bytes);
  EXPECT_THAT(ErrorMessageOf([&] { ReadDrawableScene(path); }), HasSubstr("names another byte order"));
}

TEST(WriteScene, NoInfinityReachesAFile) {
  // A size whose square no float holds is left out already on writing.
  const ::splat::testing::TempDir folder;
  SplatCloud cloud = RandomCloud(30, 1);
  cloud.log_scales[0] = 300;
  cloud.log_scales[4] = -300;
  cloud.sh_dc[7] = 3e38f;
  cloud.sh_rest[5] = -3e38f;
  cloud.opacity_logits[3] = 3e38f;
  for (const char* name : {"compressed.ply", "spz", "sog", "splat", "glb", "ply"}) {
    SCOPED_TRACE(name);
    const std::string path = folder / (std::string("a.") + name);
    WriteScene(path, ExporterNamed(name), AllOf(cloud));
    const SplatCloud read = ReadScene(path);
    EXPECT_EQ(read.count(), 29);
    EXPECT_EQ(read.left_out, 0);
  }
}

}  // namespace
}  // namespace splat::formats
