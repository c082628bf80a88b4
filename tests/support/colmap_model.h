// Tests take a model of COLMAP from this header, binary or as text, and change it before they read it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "data/poses/colmap_reader.h"
#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::data {

constexpr double kRounding = 1e-12;  // of a few operations in double on numbers near one

template <typename T>
std::string AllBytes(const std::vector<T>& values) {
  std::string bytes;
  for (const T value : values) bytes += testing::Bytes(value);
  return bytes;
}

inline std::string CameraBytes(uint32_t id, int32_t model, uint64_t width, uint64_t height,
                               const std::vector<double>& params) {
  return testing::Bytes(id) + testing::Bytes(model) + testing::Bytes(width) + testing::Bytes(height) + AllBytes(params);
}

inline std::string ImageBytes(uint32_t id, const std::vector<double>& pose, uint32_t camera_id,
                              const std::string& name) {
  const std::string point_2d = testing::Bytes(1.5) + testing::Bytes(2.5) + testing::Bytes(uint64_t(7));
  return testing::Bytes(id) + AllBytes(pose) + testing::Bytes(camera_id) + name + '\0' + testing::Bytes(uint64_t(2)) +
         point_2d + point_2d;
}

inline std::string PointBytes(uint64_t id, double x, double y, double z) {
  const std::string rgb("\x0a\x14\xff", 3);
  const std::string track = testing::Bytes(uint64_t(1)) + testing::Bytes(uint32_t(1)) + testing::Bytes(uint32_t(0));
  return testing::Bytes(id) + testing::Bytes(x) + testing::Bytes(y) + testing::Bytes(z) + rgb +
         testing::Bytes(0.25 * double(id)) + track;
}

inline std::string Counted(const std::vector<std::string>& records) {
  std::string bytes = testing::Bytes(uint64_t(records.size()));
  for (const std::string& record : records) bytes += record;
  return bytes;
}

inline const std::vector<double> kIdentityPose = {1, 0, 0, 0, 0.5, -1, 2};
// A quarter turn about z, written with a quaternion of norm 2.
inline const std::vector<double> kTurnedPose = {std::sqrt(2.0), 0, 0, std::sqrt(2.0), 1, 2, 3};

// Two pinhole photos and two points, in a folder of its own; a test changes a file and reads.
class ColmapReader : public ::testing::Test {
 protected:
  ColmapReader() {
    WriteCameras(Counted({CameraBytes(1, 1, 640, 480, {500, 510, 320, 240})}));
    WriteImages(Counted({ImageBytes(4, kTurnedPose, 1, "b.jpg"), ImageBytes(2, kIdentityPose, 1, "a.jpg")}));
    WritePoints(Counted({PointBytes(1, 1, 2, 3), PointBytes(2, 4, 5, 6)}));
  }
  void WriteCameras(const std::string& bytes) { testing::WriteBytes(folder_ / "cameras.bin", bytes); }
  void WriteImages(const std::string& bytes) { testing::WriteBytes(folder_ / "images.bin", bytes); }
  void WritePoints(const std::string& bytes) { testing::WriteBytes(folder_ / "points3D.bin", bytes); }
  SceneDescription Read() const { return ReadColmapModel(folder_.path(), "/photos"); }
  std::string ReadError() const {
    const std::string message = testing::ErrorMessageOf([&] { Read(); });
    EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr("\n")));
    return message;
  }
  // Every proper prefix of the file, but the empty one, is refused with a message that names it.
  void ExpectAllPrefixesAreRefused(const std::string& name) {
    const std::string path = folder_ / name;
    const std::string whole = ReadFile(path);
    for (size_t size = 1; size < whole.size(); ++size) {
      testing::WriteBytes(path, whole.substr(0, size));
      ASSERT_THAT(ReadError(), ::testing::AllOf(::testing::HasSubstr(path), ::testing::HasSubstr("truncated")))
          << size << " of " << whole.size();
    }
  }
  void WriteTextModel() {
    for (const char* name : {"cameras.bin", "images.bin", "points3D.bin"}) std::filesystem::remove(folder_ / name);
    testing::WriteBytes(folder_ / "cameras.txt",
                        "# Camera list with one line of data per camera:\n# Number of cameras: 1\n"
                        "3 RADIAL 640 480 500 320 240 0.01 -0.002\n");
    testing::WriteBytes(folder_ / "images.txt",
                        "# Number of images: 2, mean observations per image: 1\r\n"
                        "2 1 0 0 0 0.5 -1 2 3 my photo (1) \xc3\xa4.jpg\r\n1.5 2.5 7 3 4 -1\r\n"
                        "\r\n4 0.7071 0 0 0.7071 1 2 3 3 b.jpg\r\n");
    testing::WriteBytes(folder_ / "points3D.txt",
                        "# Number of points: 2\n1 1 2 3 10 20 255 0.25 1 0 2 5\n2 4 5 6 1 2 3 0.5\n");
  }

  testing::TempDir folder_;
};

}  // namespace splat::data
