// COLMAP models that are written: read back by this project's reader, and by COLMAP where it is installed.
#include "data/poses/colmap_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/twist.h"
#include "data/poses/colmap_reader.h"
#include "io/read_file.h"
#include "tests/support/colmap.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;

// Two cameras for three photos, and points.
SceneDescription Scene() {
  const Intrinsics pinhole = {CameraModel::kPinhole, 640, 480, {500.25, 501, 320, 240}};
  const Intrinsics opencv = {CameraModel::kOpenCv, 320, 240, {250, 250, 160.5, 120, -0.1, 0.01, 1e-3, -2e-3}};
  SceneDescription scene;
  scene.photos.push_back({"a.jpg", "a.jpg", pinhole, ExpTwist({1, 2, 3, 0.1, 0.2, 0.3}), {}});
  scene.photos.push_back({"b c.jpg", "b c.jpg", opencv, ExpTwist({-1, 0.5, 2, 1.5, -2, 0.3}), {}});
  scene.photos.push_back({"d.jpg", "d.jpg", pinhole, ExpTwist({1e-3, 1e6, 1 / 3.0, 0, 0, 3}), {}});
  scene.points.positions = {{1, 2, 3}, {-1e-7, 1 / 3.0, 1e5}};
  scene.points.colors = {{1, 2, 3}, {255, 0, 128}};
  return scene;
}

void ExpectEqual(const SceneDescription& found, const SceneDescription& expected) {
  ASSERT_EQ(found.photos.size(), expected.photos.size());
  for (size_t i = 0; i < found.photos.size(); ++i) {
    const PosedPhoto &a = found.photos[i], &b = expected.photos[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.intrinsics.model, b.intrinsics.model);
    EXPECT_EQ(a.intrinsics.width, b.intrinsics.width);
    EXPECT_EQ(a.intrinsics.params, b.intrinsics.params);
    const Twist off = LogOfMotion(Compose(a.camera_from_world, Inverse(b.camera_from_world)));
    EXPECT_LT(Norm(AngularPart(off)), 1e-14) << a.name;
    EXPECT_EQ(a.camera_from_world.translation.y, b.camera_from_world.translation.y);
  }
  ASSERT_EQ(found.points.positions.size(), expected.points.positions.size());
  for (size_t i = 0; i < found.points.positions.size(); ++i) {
    EXPECT_EQ(found.points.positions[i].y, expected.points.positions[i].y);
    EXPECT_EQ(found.points.colors[i].z, expected.points.colors[i].z);
  }
}

TEST(ColmapWriter, WhatItWritesIsReadBack) {
  for (const auto write : {WriteColmapModel, WriteColmapText}) {
    const TempDir folder;
    write(folder / "new/model", Scene());
    ExpectEqual(ReadColmapModel(folder / "new/model", folder / "photos"), Scene());
    SceneDescription scene = Scene();
    EXPECT_EQ(ReadColmapModel(folder / "new/model", folder / "photos").reprojection_error_px, -1);
    scene.reprojection_error_px = 0.5;
    write(folder / "known", scene);
    EXPECT_EQ(SummarizeColmapModel(folder / "known").mean_reprojection_error_px, 0.5);
  }
}

TEST(ColmapWriter, ColmapItselfReadsIt) {
  SPLAT_COLMAP_OR_SKIP();
  const TempDir folder;
  SceneDescription scene = Scene();
  scene.points.positions.resize(1);
  scene.points.colors.resize(1);
  WriteColmapModel(folder / "written", scene);
  std::filesystem::create_directories(folder / "converted");
  const std::string command = "QT_QPA_PLATFORM=offscreen colmap model_converter --input_path '" + (folder / "written") +
                              "' --output_path '" + (folder / "converted") + "' --output_type BIN >'" +
                              (folder / "log") + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << ReadFile(folder / "log");
  ExpectEqual(ReadColmapModel(folder / "converted", folder / "photos"), scene);
}

TEST(ColmapWriter, WritesPhotogrammetrysLensWhereColmapHasIt) {
  const TempDir folder;
  SceneDescription scene = Scene();
  Intrinsics& brown = scene.photos[0].intrinsics;
  brown = {CameraModel::kBrown, 640, 480, {500, 500, 320, 240, 0.1, 0.02, 0.003, 0, 1e-3, 2e-3, 0}};
  WriteColmapModel(folder / "model", scene);
  const Intrinsics found = ReadColmapModel(folder / "model", folder / "photos").photos[0].intrinsics;
  EXPECT_EQ(found.model, CameraModel::kFullOpenCv);
  EXPECT_EQ(found.params, (std::vector<double>{500, 500, 320, 240, 0.1, 0.02, 1e-3, 2e-3, 0.003, 0, 0, 0}));
  brown.params[10] = 1e-4;
  EXPECT_NE(ErrorMessageOf([&] { WriteColmapModel(folder / "other", scene); }).find("a.jpg: its camera has"),
            std::string::npos);
}

}  // namespace
}  // namespace splat::data
