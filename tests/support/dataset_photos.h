// Tests build datasets from these photos with poses.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/dataset/dataset.h"
#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "tests/support/temp_dir.h"

namespace splat::testing {

// Photos in a folder of the test's own, with cameras along a line that look at (0, 0, 5).
class DatasetPhotos : public ::testing::Test {
 protected:
  void AddPhoto(const std::string& name, int width, int height) {
    data::WriteImage(dir_ / name, Image8(width, height, 3));
    AddCamera(name,
              {data::CameraModel::kPinhole, width, height, {width * 0.9, width * 0.9, width * 0.5, height * 0.48}});
  }

  void AddCamera(const std::string& name, const data::Intrinsics& intrinsics) {
    const double x = double(scene_.photos.size()) - 1;
    const double angle = std::atan2(x, 5);
    data::PosedPhoto photo;
    photo.name = name;
    photo.path = dir_ / name;
    photo.intrinsics = intrinsics;
    const Mat3<double> rotation = {
        {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
    photo.camera_from_world = {rotation, -(rotation * Vec3<double>{x, 0, 0})};
    scene_.photos.push_back(photo);
  }

  // Adds an EXIF orientation to a JPEG.
  void SetOrientation(const std::string& name, int orientation) {
    const std::string jpeg = ReadFile(dir_ / name);
    std::string exif(
        "\xff\xe1\0\x22"
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0",
        29);
    exif += char(orientation);
    exif += std::string(6, '\0');
    WriteFileAtomically(dir_ / name, [&](std::ostream& out) { out << jpeg.substr(0, 2) << exif << jpeg.substr(2); });
  }

  data::Dataset Build() {
    SerialExecutor executor;
    return data::BuildDataset(scene_, options_, executor,
                              [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }

  TempDir dir_;
  data::SceneDescription scene_;
  data::DatasetOptions options_;
  std::vector<std::string> log_;
};

}  // namespace splat::testing
