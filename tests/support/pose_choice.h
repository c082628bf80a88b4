// Tests lay photos and poses of every kind in this folder, and choose poses for the photos.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/poses/pose_source.h"
#include "tests/support/byte_writer.h"
#include "tests/support/temp_dir.h"

namespace splat::data {

using Names = std::vector<std::string>;

struct PhotoSides {
  int width = 40, height = 30;
};

class PoseChoiceTest : public ::testing::Test {
 protected:
  std::string Place(const std::string& name) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    return folder_ / name;
  }
  void AddPhotos(const std::string& folder, const Names& names, PhotoSides size = {}) const {
    for (const std::string& name : names) WriteImage(Place(folder + "/" + name), Image8(size.width, size.height, 3));
  }
  // Every photo sees the one point, whose id is not its place.
  void AddModel(const std::string& model, const Names& names, PhotoSides size = {}) const {
    testing::WriteBytes(Place(model + "/cameras.txt"),
                        StrCat("7 SIMPLE_PINHOLE ", size.width, " ", size.height, " 50 20 15\n"));
    testing::WriteBytes(Place(model + "/points3D.txt"), "41 0 0 5 1 2 3 0.5\n");
    std::string images;
    for (size_t i = 0; i < names.size(); ++i) {
      images += StrCat(i + 1, " 2 0 0 0 ", i, " 0 0 7 ", names[i], "\n20 ", i, " 41\n");
    }
    testing::WriteBytes(Place(model + "/images.txt"), images);
  }
  void AddTransforms(const std::string& path, const Names& names, PhotoSides size = {},
                     const nlohmann::json& extra = {}) const {
    nlohmann::json file = {{"fl_x", 50}, {"w", size.width}, {"h", size.height}, {"frames", nlohmann::json::array()}};
    if (!extra.is_null()) file.update(extra);
    const nlohmann::json identity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
    for (const std::string& name : names)
      file["frames"].push_back({{"file_path", name}, {"transform_matrix", identity}});
    testing::WriteBytes(Place(path), file.dump());
  }
  // Cameras that look along z from (0, 0, 0), (1, 0, 0), ..., as Metashape and RealityCapture export them.
  void AddMetashape(const std::string& path, const Names& labels, PhotoSides size = {}) const {
    std::string cameras;
    for (size_t i = 0; i < labels.size(); ++i) {
      cameras += StrCat("<camera id=\"", i, "\" sensor_id=\"0\" label=\"", labels[i], "\"><transform>1 0 0 ", i,
                        " 0 1 0 0 0 0 1 0 0 0 0 1</transform></camera>");
    }
    testing::WriteBytes(
        Place(path),
        StrCat("<?xml version=\"1.0\"?>\n<document><chunk><sensors><sensor id=\"0\"><resolution width=\"", size.width,
               "\" height=\"", size.height, "\"/><calibration><f>50</f></calibration></sensor></sensors><cameras>",
               cameras, "</cameras></chunk></document>"));
  }
  void AddRealityCapture(const std::string& path, const Names& names) const {
    std::string rows = "#name,x,y,alt,heading,pitch,roll,f\n";
    for (size_t i = 0; i < names.size(); ++i) rows += StrCat(names[i], ",", i, ",0,0,0,180,0,36\n");
    testing::WriteBytes(Place(path), rows);
  }
  void AddBundler(const std::string& path, const Names& names) const {
    std::string cameras, list;
    for (size_t i = 0; i < names.size(); ++i) {
      cameras += StrCat("50 0 0\n1 0 0\n0 1 0\n0 0 1\n", i, " 0 0\n");
      list += names[i] + "\n";
    }
    testing::WriteBytes(Place(path),
                        StrCat("# Bundle file v0.3\n", names.size(), " 1\n", cameras, "0 0 -5\n1 2 3\n1 0 0 0 0\n"));
    testing::WriteBytes(Place("list.txt"), list);
  }
  // Cameras that look along z from (0, 0, 0), (1, 0, 0), ...
  void AddLlff(const std::string& path, size_t count, PhotoSides size = {}) const {
    std::string rows;
    for (size_t i = 0; i < count; ++i) {
      for (const double value : {0.0, 1.0, 0.0, double(i), double(size.height), 1.0, 0.0, 0.0, 0.0, double(size.width),
                                 0.0, 0.0, -1.0, 0.0, 50.0, 1.0, 9.0}) {
        rows += testing::Bytes(value);
      }
    }
    testing::WriteBytes(Place(path), testing::NpyBytes("<f8", false, StrCat("(", count, ", 17)"), rows));
  }
  // A point cloud with the red colour `red` at (0, 0, 5).
  void AddPly(const std::string& path, int red) const {
    testing::WriteBytes(Place(path),
                        StrCat("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
                               "property float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\n"
                               "end_header\n0 0 5 ",
                               red, " 2 3\n"));
  }
  // Chooses for a folder; `source` becomes the path that was taken, relative to the capture, or "sfm".
  PoseChoice Choose(const std::string& images) {
    PoseChoice choice = ChoosePoses(OpenPhotoFolder(folder_ / images));
    source_ = choice.scene ? choice.scene->source : "sfm";
    EXPECT_EQ(choice.summary.find('\n'), std::string::npos);
    return choice;
  }
  Names FilesOf(const SceneDescription& scene) const {
    Names files;
    for (const PosedPhoto& photo : scene.photos) {
      files.push_back(std::filesystem::path(photo.path).lexically_normal().lexically_relative(folder_.path()).string());
    }
    return files;
  }

  testing::TempDir folder_;
  std::string source_;
};

}  // namespace splat::data
