// The tests of transforms.json share this header: it makes small files, and reads them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/camera.h"
#include "data/photos/image_io.h"
#include "data/poses/transforms_reader.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {

inline const nlohmann::json kIdentity = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};

inline nlohmann::json MakeFrame(const std::string& file_path, const nlohmann::json& matrix = kIdentity) {
  return {{"file_path", file_path}, {"transform_matrix", matrix}};
}

inline nlohmann::json MakeFile(const nlohmann::json& frame = MakeFrame("a.png")) {
  return {{"fl_x", 100}, {"fl_y", 110}, {"cx", 33}, {"cy", 22}, {"w", 64}, {"h", 48}, {"frames", {frame}}};
}

inline void ExpectNear(const Vec3<double>& actual, const Vec3<double>& expected, double tolerance) {
  EXPECT_NEAR(actual.x, expected.x, tolerance);
  EXPECT_NEAR(actual.y, expected.y, tolerance);
  EXPECT_NEAR(actual.z, expected.z, tolerance);
}

class TransformsTest : public ::testing::Test {
 protected:
  SceneDescription ReadOf(const nlohmann::json& content) const {
    testing::WriteBytes(path_, content.dump(2));
    return ReadTransforms(path_);
  }
  // The message that reading `content` ends with: one line that names the file.
  std::string ErrorOf(const std::string& content) const {
    testing::WriteBytes(path_, content);
    const std::string message = testing::ErrorMessageOf([&] { ReadTransforms(path_); });
    EXPECT_THAT(message, ::testing::HasSubstr(path_));
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  std::string ErrorOf(const nlohmann::json& content) const { return ErrorOf(content.dump(2)); }
  void WritePhoto(const std::string& name, int width, int height) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    WriteImage(folder_ / name, Image8(width, height, 3));
  }

  testing::TempDir folder_;
  const std::string path_ = folder_ / "transforms.json";
};

}  // namespace splat::data
