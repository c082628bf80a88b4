// The colours that point clouds of many programs get.
#include "data/poses/ply_points.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "data/poses/export_points.h"
#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

struct Colors {
  const char* type;
  const char* names[3];
  const char* rows[2];
  Vec3<int> expected[2];
};

std::string Ply(const Colors& colors) {
  std::string text = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n";
  for (const char* name : colors.names) text += std::string("property ") + colors.type + " " + name + "\n";
  return text + "end_header\n0 1 2 " + colors.rows[0] + "\n3 4 5 " + colors.rows[1] + "\n";
}

TEST(PlyPoints, TakesColoursOfAnyTypeAndUsualName) {
  const Colors all[] = {
      {"uchar", {"red", "green", "blue"}, {"0 1 1", "1 0 1"}, {{0, 1, 1}, {1, 0, 1}}},
      {"uchar", {"Red", "GREEN", "blue"}, {"0 100 255", "1 2 3"}, {{0, 100, 255}, {1, 2, 3}}},
      {"uchar", {"diffuse_red", "diffuse_green", "diffuse_blue"}, {"0 9 255", "1 2 3"}, {{0, 9, 255}, {1, 2, 3}}},
      {"uchar", {"r", "g", "b"}, {"0 100 255", "1 2 3"}, {{0, 100, 255}, {1, 2, 3}}},
      {"float", {"red", "green", "blue"}, {"0 0.4 1", "0.2 0 0.8"}, {{0, 102, 255}, {51, 0, 204}}},
      {"double", {"r", "g", "b"}, {"0 0.4 1", "0.2 0 nan"}, {{0, 102, 255}, {128, 128, 128}}},
      {"float", {"red", "green", "blue"}, {"0 0.4 163", "250.4 0 -8"}, {{0, 0, 163}, {250, 0, 0}}},
      {"float", {"red", "green", "blue"}, {"0 257 65535", "25700 0 1"}, {{0, 1, 255}, {100, 0, 0}}},
      {"ushort", {"red", "green", "blue"}, {"0 257 65535", "25700 0 1"}, {{0, 1, 255}, {100, 0, 0}}},
      {"ushort", {"red", "green", "blue"}, {"0 1 255", "100 0 1"}, {{0, 1, 255}, {100, 0, 1}}},
      {"int", {"red", "green", "blue"}, {"0 1 255", "1 0 1"}, {{0, 1, 255}, {1, 0, 1}}},
      {"float", {"f_dc_0", "f_dc_1", "f_dc_2"}, {"0 1.7724539 -1.7724539", "9 -9 0"}, {{128, 255, 0}, {255, 0, 128}}},
      {"float", {"red", "green", "blue"}, {"-1 1 0", "-0.5 0.2 1"}, {{0, 255, 128}, {64, 153, 255}}},
      {"uchar", {"red", "green", "intensity"}, {"0 1 2", "1 2 3"}, {{128, 128, 128}, {128, 128, 128}}},
  };
  const splat::testing::TempDir folder;
  for (const Colors& colors : all) {
    splat::testing::WriteBytes(folder / "p.ply", Ply(colors));
    SceneDescription scene;
    AddPlyPoints(folder / "p.ply", scene);
    ASSERT_EQ(scene.points.colors.size(), 2u);
    for (int i = 0; i < 2; ++i) {
      const Vec3<uint8_t>& color = scene.points.colors[size_t(i)];
      const Vec3<int>& expected = colors.expected[i];
      EXPECT_TRUE(color.x == expected.x && color.y == expected.y && color.z == expected.z)
          << colors.type << " " << colors.names[0] << ": " << int(color.x) << " " << int(color.y) << " "
          << int(color.z);
    }
  }
}

TEST(PlyPoints, SaysThatColoursBeginAtMinusOne) {
  const splat::testing::TempDir folder;
  const auto warnings_of = [&](const char* second) {
    splat::testing::WriteBytes(folder / "p.ply", Ply({"float", {"red", "green", "blue"}, {"-1 1 0", second}, {}}));
    SceneDescription scene;
    AddPlyPoints(folder / "p.ply", scene);
    return scene.warnings;
  };
  ASSERT_EQ(warnings_of("-0.5 0 1").size(), 1u);
  EXPECT_EQ(warnings_of("-0.5 0 1")[0],
            folder / "p.ply" + (": has colours from -1 to 1, not from 0 to 1; they are taken so"));
  EXPECT_TRUE(warnings_of("-0.5 0 200").empty()) << "bytes, of which some are out of range";
}

TEST(PlyPoints, SaysThatThereAreMoreThanAnnounced) {
  const splat::testing::TempDir folder;
  const Colors colors = {"uchar", {"red", "green", "blue"}, {"1 2 3", "4 5 6"}, {}};
  splat::testing::WriteBytes(folder / "p.ply", Ply(colors) + "1 2 3 4 5 6\n");
  SceneDescription scene;
  AddPlyPoints(folder / "p.ply", scene);
  EXPECT_EQ(scene.points.positions.size(), 2u);
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_NE(scene.warnings[0].find("1 more lines behind the 2 rows of 'vertex'"), std::string::npos);
}

TEST(PlyPoints, TakesTheWholeOnesOfAFileThatIsCutOff) {
  const splat::testing::TempDir folder;
  using splat::testing::Bytes;
  const std::string properties =
      "property double x\nproperty double y\nproperty float z\nproperty uchar red\nproperty uchar green\n"
      "property uchar blue\nend_header\n";
  std::string rows;
  for (int i = 0; i < 3; ++i) rows += Bytes(double(i)) + Bytes(1.0) + Bytes(2.0f) + "\x01\x02\x03";
  const size_t row = rows.size() / 3;
  const std::string ascii = "0 1 2 1 2 3\n1 1 2 1 2 3\n2 1 2 1 2 3\n";
  const auto check = [&](const std::string& text, size_t whole) {
    splat::testing::WriteBytes(folder / "p.ply", text);
    SceneDescription scene;
    TryAddPlyPoints(folder / "p.ply", scene);
    EXPECT_EQ(scene.points.positions.size(), whole);
    EXPECT_EQ(scene.points.colors.size(), whole);
    ASSERT_EQ(scene.warnings.size(), whole < 3 ? 1u : 0u);
    if (whole == 3) return;
    const std::string end =
        whole > 0 ? StrCat("the ", whole, " points of it that are whole are taken") : "its points are not used";
    EXPECT_NE(scene.warnings[0].find(end), std::string::npos) << scene.warnings[0];
    EXPECT_NE(scene.warnings[0].find("announces 3 rows of 'vertex' but has "), std::string::npos) << scene.warnings[0];
  };
  for (size_t size = 0; size <= rows.size(); ++size) {
    check("ply\nformat binary_little_endian 1.0\nelement vertex 3\n" + properties + rows.substr(0, size), size / row);
  }
  for (size_t size = 0; size <= ascii.size(); ++size) {
    const size_t whole = size + 1 >= ascii.size() ? 3 : size / (ascii.size() / 3);
    check("ply\nformat ascii 1.0\nelement vertex 3\n" + properties + ascii.substr(0, size), whole);
  }
}

// A file that is cut off and also has a bad line gets one message, which does not say that its points are taken.
TEST(PlyPoints, ABadLineOfAFileThatIsCutOffIsAllThatIsSaid) {
  const splat::testing::TempDir folder;
  splat::testing::WriteBytes(folder / "p.ply",
                             "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
                             "property float z\nend_header\n0 1 2\n3 four 5\n6 7 8\n");
  SceneDescription scene;
  TryAddPlyPoints(folder / "p.ply", scene);
  EXPECT_TRUE(scene.points.positions.empty());
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_NE(scene.warnings[0].find("its points are not used"), std::string::npos) << scene.warnings[0];
  scene = {};
  AddExportedPoints(folder / "cameras.xml", scene);
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_NE(scene.warnings[0].find("has no points ("), std::string::npos) << scene.warnings[0];
}

TEST(PlyPoints, SaysHowManyItLeavesOut) {
  const splat::testing::TempDir folder;
  splat::testing::WriteBytes(folder / "p.ply",
                             "ply\nformat ascii 1.0\nelement vertex 2\nproperty double x\nproperty "
                             "float y\nproperty float z\nend_header\n0 1 2\n1e300 4 5\n");
  SceneDescription scene;
  AddPlyPoints(folder / "p.ply", scene);
  EXPECT_EQ(scene.points.positions.size(), 1u);
  ASSERT_EQ(scene.warnings.size(), 2u);
  EXPECT_EQ(scene.warnings[1], (folder / "p.ply") + ": 1 of 2 points is not finite and was left out");
}

TEST(PlyPoints, SaysThatItKnowsNoneOfTheColours) {
  const splat::testing::TempDir folder;
  splat::testing::WriteBytes(folder / "p.ply", Ply({"uchar", {"red", "green", "intensity"}, {"0 1 2", "1 2 3"}, {}}));
  SceneDescription scene;
  AddPlyPoints(folder / "p.ply", scene);
  EXPECT_EQ(scene.warnings, std::vector<std::string>{(folder / "p.ply") +
                                                     ": has no colours named red, green and blue among red, green, "
                                                     "intensity"});
  splat::testing::WriteBytes(folder / "p.ply", Ply({"uchar", {"r", "g", "b"}, {"0 1 2", "1 2 3"}, {}}));
  scene = {};
  AddPlyPoints(folder / "p.ply", scene);
  EXPECT_TRUE(scene.warnings.empty());
}

}  // namespace
}  // namespace splat::data
